"""A wrong PIN stays: the limit counts what happened."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kiosks", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER pin_failure_append_only BEFORE UPDATE OR DELETE ON kiosks_pinfailure
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER pin_failure_append_only ON kiosks_pinfailure;",
        ),
    ]
