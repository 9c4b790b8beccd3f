"""Once a month is locked, its run, facts, slips and lines, and the facts behind them, refuse every change, also by SQL."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tpp", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_locked_run() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF EXISTS (SELECT 1 FROM tpp_monthlock l WHERE l.run_id = OLD.id) THEN
                    RAISE EXCEPTION 'the month is locked' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
            END
            $body$;
            CREATE FUNCTION refuse_locked_part() RETURNS trigger LANGUAGE plpgsql AS $body$
            DECLARE
                run bigint;
            BEGIN
                IF TG_OP = 'INSERT' THEN run := NEW.run_id; ELSE run := OLD.run_id; END IF;
                IF EXISTS (SELECT 1 FROM tpp_monthlock l WHERE l.run_id = run) THEN
                    RAISE EXCEPTION 'the month is locked' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
            END
            $body$;
            CREATE FUNCTION refuse_locked_line() RETURNS trigger LANGUAGE plpgsql AS $body$
            DECLARE
                slip bigint;
            BEGIN
                IF TG_OP = 'INSERT' THEN slip := NEW.slip_id; ELSE slip := OLD.slip_id; END IF;
                IF EXISTS (SELECT 1 FROM tpp_monthlock l JOIN tpp_slip s ON s.run_id = l.run_id WHERE s.id = slip) THEN
                    RAISE EXCEPTION 'the month is locked' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
            END
            $body$;
            CREATE TRIGGER locked_run_final BEFORE UPDATE OR DELETE ON tpp_monthrun
                FOR EACH ROW EXECUTE FUNCTION refuse_locked_run();
            CREATE TRIGGER locked_facts_final BEFORE INSERT OR UPDATE OR DELETE ON tpp_monthfacts
                FOR EACH ROW EXECUTE FUNCTION refuse_locked_part();
            CREATE TRIGGER locked_slip_final BEFORE INSERT OR UPDATE OR DELETE ON tpp_slip
                FOR EACH ROW EXECUTE FUNCTION refuse_locked_part();
            CREATE TRIGGER locked_line_final BEFORE INSERT OR UPDATE OR DELETE ON tpp_slipline
                FOR EACH ROW EXECUTE FUNCTION refuse_locked_line();
            CREATE TRIGGER lock_append_only BEFORE UPDATE OR DELETE ON tpp_monthlock
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            """
            DROP TRIGGER lock_append_only ON tpp_monthlock;
            DROP TRIGGER locked_line_final ON tpp_slipline;
            DROP TRIGGER locked_slip_final ON tpp_slip;
            DROP TRIGGER locked_facts_final ON tpp_monthfacts;
            DROP TRIGGER locked_run_final ON tpp_monthrun;
            DROP FUNCTION refuse_locked_line();
            DROP FUNCTION refuse_locked_part();
            DROP FUNCTION refuse_locked_run();
            """,
        ),
    ]
