from django.db import migrations

# Regions that were read-only, in the fallback mode or suspended before measures had rows of their own.
WHAT_STOOD = """
    INSERT INTO containment_imposition (uid, region_id, measure, terms, reason, people, imposed_by, confirmed_by,
                                        imposed_at, lifted_by, lift_reason)
    SELECT gen_random_uuid(), stood.region_id, stood.measure, '{}', stood.reason, 0, 'containment', '', stood.since,
           '', ''
    FROM (
        SELECT r.id AS region_id, m.key AS measure, coalesce(m.value ->> 'reason', '') AS reason,
               coalesce((m.value ->> 'since')::timestamptz, now()) AS since
        FROM regions_region r CROSS JOIN LATERAL jsonb_each(r.measures) m
        UNION ALL
        SELECT id, 'suspended', '', now() FROM regions_region WHERE status = 'suspended'
    ) stood
"""


class Migration(migrations.Migration):

    dependencies = [
        ("containment", "0001_initial"),
    ]

    operations = [migrations.RunSQL(WHAT_STOOD, migrations.RunSQL.noop)]
