from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="signed_out_before",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
