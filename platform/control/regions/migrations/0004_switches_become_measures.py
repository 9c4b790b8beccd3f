from django.db import migrations

SWITCHES_TO_MEASURES = """
    UPDATE regions_region SET measures = measures
        || CASE WHEN is_read_only THEN jsonb_build_object('read_only', jsonb_build_object(
               'reason', read_only_reason, 'since', now(), 'until', NULL)) ELSE '{}'::jsonb END
        || CASE WHEN is_fallback THEN jsonb_build_object('fallback', jsonb_build_object(
               'reason', fallback_reason, 'since', now(), 'until', NULL)) ELSE '{}'::jsonb END
    WHERE is_read_only OR is_fallback
"""


class Migration(migrations.Migration):

    dependencies = [
        ("regions", "0003_measures"),
    ]

    operations = [
        migrations.RunSQL(SWITCHES_TO_MEASURES, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="region", name="is_read_only"),
        migrations.RemoveField(model_name="region", name="read_only_reason"),
        migrations.RemoveField(model_name="region", name="is_fallback"),
        migrations.RemoveField(model_name="region", name="fallback_reason"),
    ]
