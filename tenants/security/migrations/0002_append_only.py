"""What was recorded stays as it was recorded."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("security", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER security_answer_append_only BEFORE UPDATE OR DELETE ON security_answer
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER security_answer_append_only ON security_answer;",
        ),
    ]
