"""The ledger is never changed; a mistake is answered with a plus or minus. Signatures and reopenings stay as they are.

Entries come in with the lock of their OPD's month, in its transaction and before it: afterwards nothing can be slipped
in but the amounts of a slip that was held then, once, and the minus entries of a lock that is reopened. A lock takes
only entries of its own slips, and is reopened only with the word of two people and all of its entries taken back. An
entry of a practice slip is refused whoever writes it.
"""

from django.db import migrations

# Which columns are ever written after the row was made, once: the others never are.
ONCE = {
    "payout_locksignature": ("signature", ["withdrawn_at"]),
    "payout_reopening": ("reopening", ["confirmed_by_id", "confirmed_at", "withdrawn_at"]),
}


def _final() -> str:
    statements = []
    for table, (name, columns) in ONCE.items():
        array = "ARRAY[" + ", ".join(f"'{column}'" for column in columns) + "]"
        decided = " OR ".join(f"OLD.{column} IS NOT NULL" for column in columns)
        statements.append(
            f"""
            CREATE FUNCTION refuse_change_of_{name}() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF {decided} OR to_jsonb(NEW) - {array} <> to_jsonb(OLD) - {array} THEN
                    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END
            $body$;
            CREATE TRIGGER {name}_final BEFORE UPDATE ON {table}
                FOR EACH ROW EXECUTE FUNCTION refuse_change_of_{name}();
            CREATE TRIGGER {name}_append_only BEFORE DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
            """
        )
    return "".join(statements)


def _undone() -> str:
    return "".join(
        f"""
            DROP TRIGGER {name}_no_truncate ON {table};
            DROP TRIGGER {name}_append_only ON {table};
            DROP TRIGGER {name}_final ON {table};
            DROP FUNCTION refuse_change_of_{name}();
        """
        for table, (name, _) in ONCE.items()
    )


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
            CREATE FUNCTION refuse_late_entry() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF EXISTS (
                    SELECT 1 FROM changed c
                    JOIN tpp_monthlock l ON l.id = c.lock_id
                    LEFT JOIN tpp_slip s ON s.id = c.slip_id
                    WHERE c.reverses_id IS NULL AND (
                        l.reopened_at IS NOT NULL OR s.id IS NULL OR s.holds = '[]'
                        OR s.run_id <> l.run_id OR s.opd_id <> l.opd_id
                        OR c.employee_id <> s.employee_id OR c.month <> l.month
                        OR c.amount <> CASE c.kind
                            WHEN 'net_tpp' THEN s.net WHEN 'tax' THEN s.tax
                            WHEN 'contribution' THEN s.contributions WHEN 'deduction' THEN s.other_deductions
                        END
                    )
                ) THEN
                    RAISE EXCEPTION 'the month is locked' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF EXISTS (
                    SELECT 1 FROM changed c
                    JOIN payout_ledgerentry e ON e.id = c.reverses_id
                    LEFT JOIN tpp_monthlock l ON l.id = c.lock_id
                    WHERE l.id IS NULL OR l.reopened_at IS NOT NULL OR e.reverses_id IS NOT NULL
                        OR c.amount <> -e.amount
                        OR (c.lock_id, c.employee_id, c.month, c.kind) <> (e.lock_id, e.employee_id, e.month, e.kind)
                        OR c.slip_id IS DISTINCT FROM e.slip_id OR c.difference_id IS DISTINCT FROM e.difference_id
                ) THEN
                    RAISE EXCEPTION 'a reversal takes back its entry before the lock is reopened'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
            END
            $body$;
            CREATE TRIGGER ledger_of_locked_month_final AFTER INSERT ON payout_ledgerentry
                REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_late_entry();
            CREATE FUNCTION refuse_lone_reversal() RETURNS trigger LANGUAGE plpgsql AS $body$
            DECLARE
                stands boolean;
            BEGIN
                -- At the commit, when the search path may be another one.
                EXECUTE format(
                    'SELECT EXISTS (SELECT 1 FROM %I.tpp_monthlock l WHERE l.id = $1 AND l.reopened_at IS NULL)',
                    TG_TABLE_SCHEMA
                ) INTO stands USING NEW.lock_id;
                IF stands THEN
                    RAISE EXCEPTION 'an entry is taken back only with its lock'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
            END
            $body$;
            CREATE CONSTRAINT TRIGGER ledger_reversed_with_its_lock AFTER INSERT ON payout_ledgerentry
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL)
                EXECUTE FUNCTION refuse_lone_reversal();
            CREATE FUNCTION refuse_foreign_entries() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF EXISTS (
                    SELECT 1 FROM payout_ledgerentry e JOIN tpp_slip s ON s.id = e.slip_id
                    WHERE e.lock_id = NEW.id AND (
                        s.run_id <> NEW.run_id OR s.opd_id <> NEW.opd_id
                        OR e.employee_id <> s.employee_id OR e.month <> NEW.month
                    )
                ) THEN
                    RAISE EXCEPTION 'the entries of a lock are those of its slips'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF EXISTS (
                    SELECT 1 FROM payout_ledgerentry e JOIN arrears_differenceslip d ON d.id = e.difference_id
                    WHERE e.lock_id = NEW.id AND (
                        d.run_id <> NEW.run_id OR d.opd_id <> NEW.opd_id
                        OR e.employee_id <> d.employee_id OR e.month <> NEW.month
                    )
                ) THEN
                    RAISE EXCEPTION 'the entries of a lock are those of its differences'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END
            $body$;
            CREATE TRIGGER lock_with_its_ledger BEFORE INSERT ON tpp_monthlock
                FOR EACH ROW EXECUTE FUNCTION refuse_foreign_entries();
            CREATE FUNCTION refuse_opening_alone() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF NOT EXISTS (
                    SELECT 1 FROM payout_reopening o WHERE o.lock_id = NEW.id AND o.confirmed_at IS NOT NULL
                ) THEN
                    RAISE EXCEPTION 'a lock is reopened by two people, not alone: it is append-only'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF EXISTS (
                    SELECT 1 FROM payout_ledgerentry e WHERE e.lock_id = NEW.id AND e.reverses_id IS NULL
                        AND NOT EXISTS (SELECT 1 FROM payout_ledgerentry r WHERE r.reverses_id = e.id)
                ) THEN
                    RAISE EXCEPTION 'a lock is reopened once its entries are taken back: it is append-only'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END
            $body$;
            CREATE TRIGGER lock_opened_by_two BEFORE UPDATE ON tpp_monthlock
                FOR EACH ROW EXECUTE FUNCTION refuse_opening_alone();
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
            CREATE FUNCTION refuse_unfit_signature() RETURNS trigger LANGUAGE plpgsql AS $body$
            DECLARE
                reached tpp_monthlock%ROWTYPE;
            BEGIN
                SELECT * INTO reached FROM tpp_monthlock l WHERE l.id = NEW.lock_id FOR SHARE;
                IF TG_OP = 'INSERT' AND (
                    reached.reopened_at IS NOT NULL OR reached.digest <> NEW.digest OR NEW.withdrawn_at IS NOT NULL
                ) THEN
                    RAISE EXCEPTION 'a signature stands under the digest of a standing lock'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF TG_OP = 'UPDATE' AND 3 = (
                    SELECT count(*) FROM payout_locksignature s WHERE s.lock_id = OLD.lock_id AND s.withdrawn_at IS NULL
                ) THEN
                    RAISE EXCEPTION 'three have signed: a signature is append-only'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END
            $body$;
            CREATE TRIGGER signature_of_its_lock BEFORE INSERT OR UPDATE ON payout_locksignature
                FOR EACH ROW EXECUTE FUNCTION refuse_unfit_signature();
            """
            + _final(),
            _undone()
            + """
            DROP TRIGGER signature_of_its_lock ON payout_locksignature;
            DROP FUNCTION refuse_unfit_signature();
            DROP TRIGGER ledger_never_of_practice ON payout_ledgerentry;
            DROP FUNCTION refuse_pay_of_practice();
            DROP TRIGGER lock_opened_by_two ON tpp_monthlock;
            DROP FUNCTION refuse_opening_alone();
            DROP TRIGGER lock_with_its_ledger ON tpp_monthlock;
            DROP FUNCTION refuse_foreign_entries();
            DROP TRIGGER ledger_reversed_with_its_lock ON payout_ledgerentry;
            DROP FUNCTION refuse_lone_reversal();
            DROP TRIGGER ledger_of_locked_month_final ON payout_ledgerentry;
            DROP FUNCTION refuse_late_entry();
            DROP TRIGGER ledger_no_truncate ON payout_ledgerentry;
            DROP TRIGGER ledger_append_only ON payout_ledgerentry;
            """,
        ),
    ]
