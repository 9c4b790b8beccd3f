"""A line of the ledger is never changed or removed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("leave", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER leave_entry_append_only BEFORE UPDATE OR DELETE ON leave_leaveentry
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER leave_entry_append_only ON leave_leaveentry;",
        ),
    ]
