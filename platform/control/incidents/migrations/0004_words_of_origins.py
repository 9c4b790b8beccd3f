from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_answers_of_regions")]

    operations = [
        migrations.AlterField(
            model_name="timelineentry",
            name="origin",
            field=models.CharField(
                choices=[
                    ("detection", "Deteksi"),
                    ("operator", "Operator"),
                    ("containment", "Pengendalian"),
                    ("notice", "Pemberitahuan"),
                    ("evidence", "Bukti"),
                    ("task", "Tugas"),
                    ("state", "Keadaan"),
                    ("pack", "Paket"),
                    ("region", "Wilayah"),
                ],
                max_length=12,
            ),
        ),
    ]
