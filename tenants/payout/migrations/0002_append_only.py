"""The ledger is never changed; a mistake is answered with a plus or minus."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payout", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON payout_ledgerentry
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER ledger_append_only ON payout_ledgerentry;",
        ),
    ]
