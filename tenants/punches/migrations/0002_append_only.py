"""A punch, taken or refused, and its proof are never changed or removed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("punches", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER punch_append_only BEFORE UPDATE OR DELETE ON punches_punch
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER punch_proof_append_only BEFORE UPDATE OR DELETE ON punches_punchproof
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER refused_punch_append_only BEFORE UPDATE OR DELETE ON punches_refusedpunch
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            """
            DROP TRIGGER punch_append_only ON punches_punch;
            DROP TRIGGER punch_proof_append_only ON punches_punchproof;
            DROP TRIGGER refused_punch_append_only ON punches_refusedpunch;
            """,
        ),
    ]
