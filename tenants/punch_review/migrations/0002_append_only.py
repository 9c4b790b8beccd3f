"""A verdict, and what the owner said, is never changed or removed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("punch_review", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER punch_verdict_append_only BEFORE UPDATE OR DELETE ON punch_review_punchverdict
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER punch_explanation_append_only BEFORE UPDATE OR DELETE ON punch_review_punchexplanation
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            """
            DROP TRIGGER punch_verdict_append_only ON punch_review_punchverdict;
            DROP TRIGGER punch_explanation_append_only ON punch_review_punchexplanation;
            """,
        ),
    ]
