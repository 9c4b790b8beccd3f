import django.db.models.deletion
import kernel.clock
import kernel.ids
import kernel.tenancy.fence
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uid', models.UUIDField(default=kernel.ids.new_uid, editable=False, unique=True)),
                ('region_number', models.SmallIntegerField(db_column='region_id', default=kernel.tenancy.fence.number_of_new_row, editable=False)),
                ('version', models.IntegerField()),
                ('number', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=300)),
                ('kind', models.CharField(max_length=80)),
                ('severity', models.CharField(max_length=40)),
                ('severity_rank', models.SmallIntegerField()),
                ('state', models.CharField(max_length=80)),
                ('is_open', models.BooleanField()),
                ('detected_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('summary', models.TextField(blank=True)),
                ('asks', models.JSONField(default=list)),
                ('contact', models.CharField(blank=True, max_length=300)),
                ('told_at', models.DateTimeField(default=kernel.clock.now)),
            ],
            options={
                'ordering': ['-is_open', '-severity_rank', '-detected_at'],
            },
        ),
        migrations.CreateModel(
            name='DailyCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region_number', models.SmallIntegerField(db_column='region_id', default=kernel.tenancy.fence.number_of_new_row, editable=False)),
                ('day', models.DateField()),
                ('name', models.CharField(max_length=60)),
                ('severity', models.CharField(max_length=14)),
                ('count', models.IntegerField()),
                ('last_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'name', 'severity'), name='security_count_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region_number', models.SmallIntegerField(db_column='region_id', default=kernel.tenancy.fence.number_of_new_row, editable=False)),
                ('ask', models.UUIDField()),
                ('kind', models.CharField(choices=[('acknowledged', 'Diketahui, sedang dikerjakan'), ('done', 'Sudah dikerjakan'), ('answer', 'Jawaban')], max_length=12)),
                ('text', models.CharField(blank=True, max_length=1000)),
                ('at', models.DateTimeField(default=kernel.clock.now)),
                ('key', models.UUIDField(unique=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='security.incident')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
    ]
