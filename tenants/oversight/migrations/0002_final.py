"""A drawn sample and an answer are never changed or removed: also by SQL."""

from django.db import migrations

TABLES = {
    "oversight_sample": "sample_final",
    "oversight_sampledperson": "sampled_person_final",
    "oversight_answer": "answer_append_only",
}


class Migration(migrations.Migration):
    dependencies = [("oversight", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();",
            f"DROP TRIGGER {name} ON {table};",
        )
        for table, name in TABLES.items()
    ]
