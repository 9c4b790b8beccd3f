"""What was locked is final: the run of a lock, its facts, slips, lines and issues refuse every change, also by SQL.

A run belongs to all OPDs that are locked on it and to those whose lock was reopened, so it is final from its first lock
on. A locked OPD gets no further slip in the month: another run of the same kind may not pay it again, and no person is
in two standing locks. Of a lock only the time of its reopening is ever written, once.

One check for each statement, over the rows that it touched, so that a run can copy in many lines. The run's row is taken
`FOR KEY SHARE` first: a writer that races with the lock (which holds the row `FOR UPDATE`) waits for it and then sees it.

Which OPD practises since when is never changed either: without those rows every OPD would be paid.
"""

from django.db import migrations

PARTS = {
    "tpp_monthfacts": ("facts", "rows"),
    "tpp_slip": ("slip", "rows"),
    "tpp_runissue": ("issue", "rows"),
    "tpp_slipline": ("line", "lines"),
}
FINAL = ["tpp_monthrun", "tpp_monthlock", "tpp_practice", *PARTS]


def _triggers() -> str:
    statements = []
    for table, (name, what) in PARTS.items():
        statements += [
            f"""CREATE TRIGGER locked_{name}_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_locked_{what}();""",
            f"""CREATE TRIGGER locked_{name}_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_locked_{what}();""",
            f"""CREATE TRIGGER locked_{name}_update AFTER UPDATE ON {table}
                REFERENCING OLD TABLE AS former NEW TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_locked_{what}_update();""",
        ]
    statements += [
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
        for table in FINAL
    ]
    return "\n".join(statements)


def _drops() -> str:
    statements = [f"DROP TRIGGER {table}_no_truncate ON {table};" for table in FINAL]
    for table, (name, _) in PARTS.items():
        statements += [f"DROP TRIGGER locked_{name}_{event} ON {table};" for event in ("insert", "delete", "update")]
    return "\n".join(statements)


class Migration(migrations.Migration):
    dependencies = [("tpp", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_locked(runs bigint[]) RETURNS void LANGUAGE plpgsql AS $body$
            BEGIN
                PERFORM 1 FROM tpp_monthrun WHERE id = ANY(runs) FOR KEY SHARE;
                IF EXISTS (SELECT 1 FROM tpp_monthlock WHERE run_id = ANY(runs)) THEN
                    RAISE EXCEPTION 'the month is locked' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
            END
            $body$;
            CREATE FUNCTION refuse_locked_rows() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                PERFORM refuse_locked((SELECT array_agg(DISTINCT run_id) FROM changed));
                RETURN NULL;
            END
            $body$;
            CREATE FUNCTION refuse_locked_rows_update() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                PERFORM refuse_locked((SELECT array_agg(DISTINCT run_id) FROM changed));
                PERFORM refuse_locked((SELECT array_agg(DISTINCT run_id) FROM former));
                RETURN NULL;
            END
            $body$;
            CREATE FUNCTION refuse_locked_lines() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                PERFORM refuse_locked((
                    SELECT array_agg(DISTINCT s.run_id) FROM tpp_slip s WHERE s.id IN (SELECT slip_id FROM changed)));
                RETURN NULL;
            END
            $body$;
            CREATE FUNCTION refuse_locked_lines_update() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                PERFORM refuse_locked((
                    SELECT array_agg(DISTINCT s.run_id) FROM tpp_slip s
                    WHERE s.id IN (SELECT slip_id FROM changed UNION SELECT slip_id FROM former)));
                RETURN NULL;
            END
            $body$;
            CREATE FUNCTION refuse_second_slip() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF EXISTS (
                    SELECT 1 FROM changed c
                    JOIN tpp_monthrun r ON r.id = c.run_id
                    JOIN tpp_monthlock l ON l.month = r.month AND l.kind = r.kind AND l.opd_id = c.opd_id
                    WHERE l.reopened_at IS NULL
                ) THEN
                    RAISE EXCEPTION 'the month is locked' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
            END
            $body$;
            CREATE FUNCTION refuse_locked_run() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF EXISTS (SELECT 1 FROM tpp_monthlock l WHERE l.run_id = OLD.id) THEN
                    RAISE EXCEPTION 'the month is locked' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
            END
            $body$;
            CREATE FUNCTION refuse_unfit_lock() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF NOT EXISTS (
                    SELECT 1 FROM tpp_monthrun r
                    WHERE r.id = NEW.run_id AND r.month = NEW.month AND r.kind = NEW.kind AND r.state = 'done'
                ) THEN
                    RAISE EXCEPTION 'only a finished run of the month can be locked'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF NEW.reopened_at IS NOT NULL THEN
                    RAISE EXCEPTION 'a lock begins locked' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF EXISTS (
                    SELECT 1 FROM tpp_slip own
                    JOIN tpp_slip other ON other.employee_id = own.employee_id AND other.id <> own.id
                    JOIN tpp_monthlock l ON l.run_id = other.run_id AND l.opd_id = other.opd_id
                    WHERE own.run_id = NEW.run_id AND own.opd_id = NEW.opd_id
                        AND NOT own.is_practice AND NOT other.is_practice
                        AND l.month = NEW.month AND l.kind = NEW.kind AND l.reopened_at IS NULL
                ) THEN
                    RAISE EXCEPTION 'a person of the OPD is locked with another OPD'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END
            $body$;
            CREATE FUNCTION refuse_change_of_lock() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF OLD.reopened_at IS NULL AND NEW.reopened_at IS NOT NULL
                    AND to_jsonb(NEW) - 'reopened_at' = to_jsonb(OLD) - 'reopened_at'
                THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'a lock is append-only' USING ERRCODE = 'integrity_constraint_violation';
            END
            $body$;
            CREATE TRIGGER locked_run_final BEFORE UPDATE OR DELETE ON tpp_monthrun
                FOR EACH ROW EXECUTE FUNCTION refuse_locked_run();
            CREATE TRIGGER locked_slip_once AFTER INSERT ON tpp_slip REFERENCING NEW TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_second_slip();
            CREATE TRIGGER lock_of_finished_run BEFORE INSERT ON tpp_monthlock
                FOR EACH ROW EXECUTE FUNCTION refuse_unfit_lock();
            CREATE TRIGGER lock_final BEFORE UPDATE ON tpp_monthlock
                FOR EACH ROW EXECUTE FUNCTION refuse_change_of_lock();
            CREATE TRIGGER lock_append_only BEFORE DELETE ON tpp_monthlock
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER practice_append_only BEFORE UPDATE OR DELETE ON tpp_practice
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """
            + _triggers(),
            _drops()
            + """
            DROP TRIGGER practice_append_only ON tpp_practice;
            DROP TRIGGER lock_append_only ON tpp_monthlock;
            DROP TRIGGER lock_final ON tpp_monthlock;
            DROP TRIGGER lock_of_finished_run ON tpp_monthlock;
            DROP TRIGGER locked_slip_once ON tpp_slip;
            DROP TRIGGER locked_run_final ON tpp_monthrun;
            DROP FUNCTION refuse_change_of_lock();
            DROP FUNCTION refuse_unfit_lock();
            DROP FUNCTION refuse_locked_run();
            DROP FUNCTION refuse_second_slip();
            DROP FUNCTION refuse_locked_lines_update();
            DROP FUNCTION refuse_locked_lines();
            DROP FUNCTION refuse_locked_rows_update();
            DROP FUNCTION refuse_locked_rows();
            DROP FUNCTION refuse_locked(bigint[]);
            """,
        ),
    ]
