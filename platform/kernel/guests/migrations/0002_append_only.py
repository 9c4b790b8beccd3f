"""What was recorded stays as it was recorded."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("guests", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER visited_request_append_only BEFORE UPDATE OR DELETE ON guests_visitedrequest
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER visited_request_append_only ON guests_visitedrequest;",
        ),
    ]
