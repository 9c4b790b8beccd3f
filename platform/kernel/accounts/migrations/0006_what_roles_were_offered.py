"""Which permissions each role was given by the platform so far, so that a release gives only what is new.

Of roles that are there already: what they hold, and what was taken out of them by their region, as the audit log says.
"""

from django.db import migrations, models

OFFERED_SO_FAR = """
    UPDATE accounts_role role SET offered = COALESCE((
        SELECT jsonb_agg(DISTINCT given.name) FROM (
            SELECT jsonb_array_elements_text(role.permissions) AS name
            UNION
            SELECT jsonb_array_elements_text(event.before -> 'removed') FROM audit_auditevent event
            WHERE event.action = 'accounts.role_changed' AND event.after ->> 'role' = role.code
        ) given
    ), '[]')
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_sign_ins"), ("audit", "0001_initial")]

    operations = [
        migrations.AddField(
            "role",
            "offered",
            models.JSONField(default=list, db_default=models.Value([], models.JSONField())),
        ),
        migrations.RunSQL(OFFERED_SO_FAR, migrations.RunSQL.noop),
    ]
