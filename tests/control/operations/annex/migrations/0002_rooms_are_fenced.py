from django.db import migrations, models

from kernel.tenancy.fence import number_of_new_row


class Migration(migrations.Migration):
    dependencies = [("annex", "0001_rooms")]
    operations = [
        migrations.AddField(
            "Room",
            "region_number",
            models.SmallIntegerField(db_column="region_id", default=number_of_new_row, editable=False),
        ),
    ]
