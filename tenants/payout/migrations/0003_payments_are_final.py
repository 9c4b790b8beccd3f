"""Steps of a parcel and payment lists are never changed; of a payment row only its outcome is added.

A row that waits becomes paid, failed or void; a paid one becomes failed when the bank sends the money back; a failed
one or one without an account becomes void with its list. Whom, how much and to which account stays for ever. A list takes no
row beyond the people and the total with which it was made.
"""

from django.db import migrations

STAYING = {
    "payout_parcelstep": "parcel_step",
    "payout_paymentlist": "payment_list",
    "payout_paymentrow": "payment_row",
}
NO_TRUNCATE = "\n".join(
    f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    for table, name in STAYING.items()
)
MAY_TRUNCATE = "\n".join(f"DROP TRIGGER {name}_no_truncate ON {table};" for table, name in STAYING.items())

class Migration(migrations.Migration):
    dependencies = [("payout", "0002_append_only"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER parcel_step_append_only BEFORE UPDATE OR DELETE ON payout_parcelstep
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER payment_list_append_only BEFORE UPDATE OR DELETE ON payout_paymentlist
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE FUNCTION refuse_other_payment() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF (to_jsonb(NEW) - 'state' - 'failure' - 'settled_at')
                    IS DISTINCT FROM (to_jsonb(OLD) - 'state' - 'failure' - 'settled_at')
                THEN
                    RAISE EXCEPTION 'a payment is frozen when its list is made'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
                    ('waiting', 'paid'), ('waiting', 'failed'), ('waiting', 'void'),
                    ('paid', 'failed'), ('no_account', 'void')
                ) THEN
                    RAISE EXCEPTION 'a payment that is % does not become %', OLD.state, NEW.state
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END
            $body$;
            CREATE TRIGGER payment_row_frozen BEFORE UPDATE ON payout_paymentrow
                FOR EACH ROW EXECUTE FUNCTION refuse_other_payment();
            CREATE TRIGGER payment_row_stays BEFORE DELETE ON payout_paymentrow
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE FUNCTION refuse_further_payment() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF EXISTS (
                    SELECT 1 FROM payout_paymentlist l JOIN payout_paymentrow r ON r.list_id = l.id
                    WHERE l.id IN (SELECT list_id FROM changed)
                    GROUP BY l.id HAVING count(*) > l.people OR sum(r.amount) > l.total
                ) THEN
                    RAISE EXCEPTION 'a payment list is frozen when it is made'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
            END
            $body$;
            CREATE TRIGGER payment_row_of_its_list AFTER INSERT ON payout_paymentrow
                REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_further_payment();
            """
            + NO_TRUNCATE,
            MAY_TRUNCATE
            + """
            DROP TRIGGER payment_row_of_its_list ON payout_paymentrow;
            DROP FUNCTION refuse_further_payment();
            DROP TRIGGER payment_row_stays ON payout_paymentrow;
            DROP TRIGGER payment_row_frozen ON payout_paymentrow;
            DROP FUNCTION refuse_other_payment();
            DROP TRIGGER payment_list_append_only ON payout_paymentlist;
            DROP TRIGGER parcel_step_append_only ON payout_parcelstep;
            """,
        ),
    ]
