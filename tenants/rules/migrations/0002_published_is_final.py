"""A published rule set is never edited or removed; only its period may be closed when the next version follows, or its
state become replaced when a backdated one overtakes it. A replaced one never changes again.

None becomes published without the regulation's file and the signatures of two people under its text and that file.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("rules", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_rule_set_edit() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF OLD.state NOT IN ('published', 'replaced') THEN
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    IF NEW.state = 'replaced' THEN
                        RAISE EXCEPTION 'only a published rule set is replaced'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    IF NEW.state = 'published' AND (NEW.regulation_file_id IS NULL OR (
                        SELECT count(DISTINCT s.signed_by_id) FROM rules_rulesetsignature s
                        JOIN files_storedfile f ON f.id = NEW.regulation_file_id
                        WHERE s.rule_set_id = NEW.id AND s.digest = NEW.digest AND s.file_digest = f.sha256
                            AND s.valid_from = lower(NEW.period)) < 2) THEN
                        RAISE EXCEPTION 'a rule set is published with its regulation and two signatures'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                END IF;
                IF TG_OP = 'UPDATE' AND OLD.state = 'published' THEN
                    IF NEW.period <@ OLD.period AND lower(NEW.period) = lower(OLD.period)
                       AND to_jsonb(NEW) - 'period' = to_jsonb(OLD) - 'period' THEN
                        RETURN NEW;
                    END IF;
                    IF NEW.state = 'replaced' AND to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state' THEN
                        RETURN NEW;
                    END IF;
                END IF;
                RAISE EXCEPTION 'a published rule set is final' USING ERRCODE = 'integrity_constraint_violation';
            END
            $body$;
            CREATE TRIGGER rule_set_published_final BEFORE UPDATE OR DELETE ON rules_storedruleset
                FOR EACH ROW EXECUTE FUNCTION refuse_rule_set_edit();
            CREATE TRIGGER rule_set_revision_append_only BEFORE UPDATE OR DELETE ON rules_rulesetrevision
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER rule_set_signature_append_only BEFORE UPDATE OR DELETE ON rules_rulesetsignature
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            """
            DROP TRIGGER rule_set_revision_append_only ON rules_rulesetrevision;
            DROP TRIGGER rule_set_signature_append_only ON rules_rulesetsignature;
            DROP TRIGGER rule_set_published_final ON rules_storedruleset;
            DROP FUNCTION refuse_rule_set_edit();
            """,
        ),
    ]
