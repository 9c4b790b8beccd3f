"""The function that refuses change, for every append-only table of this schema, and its first trigger.

Triggers are few and named (docs/adr): they hold what Python cannot, also against raw SQL.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
            END
            $body$;
            CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_auditevent
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER audit_append_only ON audit_auditevent; DROP FUNCTION refuse_change();",
        ),
    ]
