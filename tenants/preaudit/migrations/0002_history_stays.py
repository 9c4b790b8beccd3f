"""Looks are never changed or removed, and a waiver only ever gets the time at which it was taken back: also by SQL."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("preaudit", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION preaudit_waiver_final() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
                   OR (NEW.id, NEW.uid, NEW.hit_id, NEW.reason, NEW.document_number, NEW.waived_by_id, NEW.waived_at)
                      IS DISTINCT FROM
                      (OLD.id, OLD.uid, OLD.hit_id, OLD.reason, OLD.document_number, OLD.waived_by_id, OLD.waived_at)
                THEN
                    RAISE EXCEPTION 'a waiver can only be taken back, once'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END
            $body$;
            CREATE TRIGGER waiver_final BEFORE UPDATE OR DELETE ON preaudit_waiver
                FOR EACH ROW EXECUTE FUNCTION preaudit_waiver_final();
            CREATE TRIGGER waiver_no_truncate BEFORE TRUNCATE ON preaudit_waiver
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER look_append_only BEFORE UPDATE OR DELETE ON preaudit_look
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            """
            DROP TRIGGER look_append_only ON preaudit_look;
            DROP TRIGGER waiver_no_truncate ON preaudit_waiver;
            DROP TRIGGER waiver_final ON preaudit_waiver;
            DROP FUNCTION preaudit_waiver_final();
            """,
        ),
    ]
