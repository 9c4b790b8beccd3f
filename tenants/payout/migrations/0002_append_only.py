"""The ledger is never changed; a mistake is answered with a plus or minus.

Entries come in with the lock of their month, in its transaction and before it: afterwards nothing can be slipped in.
An entry of a practice slip is refused whoever writes it.
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
            CREATE FUNCTION refuse_pay_of_practice() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF EXISTS (
                    SELECT 1 FROM changed c JOIN tpp_slip s ON s.id = c.slip_id WHERE s.is_practice
                ) THEN
                    RAISE EXCEPTION 'a practice slip is never paid' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
            END
            $body$;
            CREATE TRIGGER ledger_never_of_practice AFTER INSERT ON payout_ledgerentry
                REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_pay_of_practice();
            """,
            """
            DROP TRIGGER ledger_never_of_practice ON payout_ledgerentry;
            DROP FUNCTION refuse_pay_of_practice();
            DROP TRIGGER ledger_of_locked_month_final ON payout_ledgerentry;
            DROP TRIGGER ledger_no_truncate ON payout_ledgerentry;
            DROP TRIGGER ledger_append_only ON payout_ledgerentry;
            """,
        ),
    ]
