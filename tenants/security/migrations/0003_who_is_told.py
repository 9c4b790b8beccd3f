from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("security", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="notices",
            field=models.JSONField(default=list, db_default=models.Value([], models.JSONField())),
        ),
    ]
