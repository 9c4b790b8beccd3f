"""What an account says is never changed: only the second person's confirmation and a withdrawal are added, once each."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("employees", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_other_account() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF (to_jsonb(NEW) - 'confirmed_by_id' - 'confirmed_at' - 'withdrawn_by_id' - 'withdrawn_at')
                    IS DISTINCT FROM
                    (to_jsonb(OLD) - 'confirmed_by_id' - 'confirmed_at' - 'withdrawn_by_id' - 'withdrawn_at')
                    OR (OLD.confirmed_at IS NOT NULL AND (NEW.confirmed_at, NEW.confirmed_by_id)
                        IS DISTINCT FROM (OLD.confirmed_at, OLD.confirmed_by_id))
                    OR (OLD.withdrawn_at IS NOT NULL AND NEW IS DISTINCT FROM OLD)
                THEN
                    RAISE EXCEPTION 'a bank account is final; record another one'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END
            $body$;
            CREATE TRIGGER bank_account_final BEFORE UPDATE ON employees_bankaccount
                FOR EACH ROW EXECUTE FUNCTION refuse_other_account();
            CREATE TRIGGER bank_account_stays BEFORE DELETE ON employees_bankaccount
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            """
            DROP TRIGGER bank_account_stays ON employees_bankaccount;
            DROP TRIGGER bank_account_final ON employees_bankaccount;
            DROP FUNCTION refuse_other_account();
            """,
        ),
    ]
