from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("punch_review", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="selfie",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("camera", "Kamera rusak atau tidak ada"),
                    ("refused", "Kamera tidak dapat dibuka"),
                    ("place", "Tidak boleh memotret di tempat ini"),
                    ("other", "Alasan lain"),
                ],
                max_length=10,
                default="",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="selfie",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Menunggu diolah"),
                    ("kept", "Tersimpan"),
                    ("unreadable", "Tidak terbaca"),
                    ("removed", "Dihapus sesuai masa simpan"),
                    ("excused", "Tidak dapat diambil"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="selfie",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("file__isnull", True), ("state", "excused"), models.Q(("reason", ""), _negated=True)),
                    models.Q(models.Q(("state", "excused"), _negated=True), ("reason", "")),
                    _connector="OR",
                ),
                name="selfie_excused_with_reason",
            ),
        ),
    ]
