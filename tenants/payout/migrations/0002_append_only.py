"""The ledger is never changed; a mistake is answered with a plus or minus.

Entries come in with the lock of their month, in its transaction and before it: afterwards nothing can be slipped in.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("payout", "0001_initial"),
        ("audit", "0002_append_only"),
        ("tpp", "0002_locked_month_is_final"),
    ]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON payout_ledgerentry
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON payout_ledgerentry
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER ledger_of_locked_month_final AFTER INSERT ON payout_ledgerentry
                REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_locked_lines();
            """,
            """
            DROP TRIGGER ledger_of_locked_month_final ON payout_ledgerentry;
            DROP TRIGGER ledger_no_truncate ON payout_ledgerentry;
            DROP TRIGGER ledger_append_only ON payout_ledgerentry;
            """,
        ),
    ]
