"""What is approved is final until the approval is taken back; former contents and catalogue numbers are append-only."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER activity_approved_final BEFORE UPDATE ON activities_activity FOR EACH ROW
                WHEN (OLD.state = 'approved' AND NEW.state = 'approved' AND OLD.* IS DISTINCT FROM NEW.*)
                EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER activity_approved_stays BEFORE DELETE ON activities_activity FOR EACH ROW
                WHEN (OLD.state = 'approved') EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER former_content_append_only BEFORE UPDATE OR DELETE ON activities_formercontent
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER catalogue_version_append_only BEFORE UPDATE OR DELETE ON activities_catalogueversion
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            """
            DROP TRIGGER catalogue_version_append_only ON activities_catalogueversion;
            DROP TRIGGER former_content_append_only ON activities_formercontent;
            DROP TRIGGER activity_approved_stays ON activities_activity;
            DROP TRIGGER activity_approved_final ON activities_activity;
            """,
        ),
    ]
