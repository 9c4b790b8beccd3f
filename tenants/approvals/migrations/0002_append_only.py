"""A decision is never changed or removed, never one's own, of the turn in which its request is, and a request never
changes its owner or goes back to an earlier turn: also by SQL."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_own_decisions() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF EXISTS (
                    SELECT 1 FROM added d
                    JOIN approvals_approvalrequest r ON r.id = d.request_id
                    LEFT JOIN employees_employee owner ON owner.id = r.owner_id
                    LEFT JOIN employees_employee holder ON holder.id = d.on_behalf_of_id
                    WHERE d.decided_by_id = r.owner_user_id OR d.decided_by_id = owner.user_id
                        OR d.on_behalf_of_id = r.owner_id OR holder.user_id = r.owner_user_id
                ) THEN
                    RAISE EXCEPTION 'a decision on an own document' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF EXISTS (
                    SELECT 1 FROM added d
                    JOIN approvals_approvalrequest r ON r.id = d.request_id
                    WHERE d.turn <> r.turn AND d.verdict <> 'recalled' OR d.turn > r.turn
                ) THEN
                    RAISE EXCEPTION 'a decision of another turn' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
            END
            $body$;
            CREATE TRIGGER decision_never_own AFTER INSERT ON approvals_decision REFERENCING NEW TABLE AS added
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_own_decisions();
            CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON approvals_decision
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER approval_owner_final BEFORE UPDATE OF owner_id, owner_user_id ON approvals_approvalrequest
                FOR EACH ROW WHEN (
                    OLD.owner_id IS DISTINCT FROM NEW.owner_id OR OLD.owner_user_id IS DISTINCT FROM NEW.owner_user_id
                ) EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER approval_turn_forward BEFORE UPDATE OF turn ON approvals_approvalrequest
                FOR EACH ROW WHEN (NEW.turn NOT IN (OLD.turn, OLD.turn + 1)) EXECUTE FUNCTION refuse_change();
            """,
            """
            DROP TRIGGER approval_turn_forward ON approvals_approvalrequest;
            DROP TRIGGER approval_owner_final ON approvals_approvalrequest;
            DROP TRIGGER decision_append_only ON approvals_decision;
            DROP TRIGGER decision_never_own ON approvals_decision;
            DROP FUNCTION refuse_own_decisions();
            """,
        ),
    ]
