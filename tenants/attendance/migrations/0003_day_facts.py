from __future__ import annotations

import django.contrib.postgres.fields
import kernel.tenancy.fence
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("attendance", "0002_documents")]

    operations = [
        migrations.AddField("dayresult", "details", models.JSONField(default=dict)),
        migrations.AddField("dayresult", "live", models.CharField(blank=True, default="", max_length=10)),
        migrations.CreateModel(
            "PunchFollowing",
            [
                (
                    "region_number",
                    models.SmallIntegerField(
                        db_column="region_id", default=kernel.tenancy.fence.number_of_new_row, editable=False
                    ),
                ),
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("floor", models.BigIntegerField(default=0)),
                (
                    "taken",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("high", models.BigIntegerField(default=0)),
                (
                    "fence",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("claimed_until", models.DateTimeField(null=True)),
                ("version", models.BigIntegerField(default=0)),
            ],
        ),
    ]
