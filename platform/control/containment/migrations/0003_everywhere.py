"""What was imposed on all regions at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("containment", "0002_what_stood")]

    operations = [
        migrations.AddField("imposition", "everywhere", models.UUIDField(blank=True, null=True)),
        migrations.AddIndex(
            "imposition",
            models.Index(
                fields=["everywhere"],
                name="imposition_of_all_regions",
                condition=models.Q(everywhere__isnull=False, lifted_at__isnull=True),
            ),
        ),
    ]
