from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pages", "0001_initial")]

    operations = [
        migrations.AddField(model_name="watchedname", name="sent_at", field=models.DateTimeField(null=True)),
    ]
