"""A decision is never changed or removed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON approvals_decision
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER decision_append_only ON approvals_decision;",
        ),
    ]
