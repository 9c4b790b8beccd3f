"""A release is never removed, and nothing of it changes but the second person's word, once: also by SQL."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("holds", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_change_of_release() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL AND OLD.needs_second
                    AND to_jsonb(NEW) - 'confirmed_by_id' - 'confirmed_at'
                        = to_jsonb(OLD) - 'confirmed_by_id' - 'confirmed_at'
                THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'a release is final' USING ERRCODE = 'integrity_constraint_violation';
            END
            $body$;
            CREATE TRIGGER release_final BEFORE UPDATE ON holds_holdrelease
                FOR EACH ROW EXECUTE FUNCTION refuse_change_of_release();
            CREATE TRIGGER release_append_only BEFORE DELETE ON holds_holdrelease
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER release_no_truncate BEFORE TRUNCATE ON holds_holdrelease
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
            """,
            """
            DROP TRIGGER release_no_truncate ON holds_holdrelease;
            DROP TRIGGER release_append_only ON holds_holdrelease;
            DROP TRIGGER release_final ON holds_holdrelease;
            DROP FUNCTION refuse_change_of_release();
            """,
        ),
    ]
