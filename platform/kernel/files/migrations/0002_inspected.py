"""Files are inspected before anybody gets them.

What was never looked at becomes `pending` and is taken up by the scan lane; only the platform itself made ZIPs, which it
does not take from people. What had been refused is `rejected`.
"""

from django.db import migrations, models

TO_NEW = """
UPDATE files_storedfile SET sent_sha256 = sha256, scan = CASE
    WHEN scan = 'refused' THEN 'rejected' WHEN content_type = 'application/zip' THEN 'clean'
    WHEN scan = 'unscanned' THEN 'pending' ELSE scan END
"""
TO_OLD = """
UPDATE files_storedfile SET scan = CASE WHEN scan = 'clean' THEN scan WHEN scan = 'pending' THEN 'unscanned' ELSE 'refused' END
"""


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='storedfile',
            name='scan',
            field=models.CharField(choices=[('pending', 'Sedang diperiksa'), ('clean', 'Bersih'), ('review', 'Menunggu ditinjau petugas'), ('quarantined', 'Ditahan karena berbahaya'), ('rejected', 'Ditolak')], default='pending', max_length=12),
        ),
        migrations.AddField(
            model_name='storedfile',
            name='sent_sha256',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='storedfile',
            name='is_apart',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='storedfile',
            name='findings',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='storedfile',
            name='settled_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(TO_NEW, TO_OLD),
        migrations.AddIndex(
            model_name='storedfile',
            index=models.Index(fields=['sent_sha256'], name='file_by_sent_digest'),
        ),
        migrations.AddIndex(
            model_name='storedfile',
            index=models.Index(condition=models.Q(('scan', 'clean'), _negated=True), fields=['scan', 'created_at'], name='file_not_clean'),
        ),
        migrations.AddConstraint(
            model_name='storedfile',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_apart', False), ('scan', 'clean')), models.Q(('scan', 'clean'), _negated=True), _connector='OR'), name='file_clean_is_served'),
        ),
    ]
