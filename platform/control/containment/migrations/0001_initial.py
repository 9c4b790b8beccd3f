import django.db.models.deletion
import kernel.clock
import kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('regions', '0004_switches_become_measures'),
    ]

    operations = [
        migrations.CreateModel(
            name='Imposition',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uid', models.UUIDField(default=kernel.ids.new_uid, editable=False, unique=True)),
                ('measure', models.CharField(max_length=30)),
                ('terms', models.JSONField(default=dict)),
                ('reason', models.CharField(max_length=200)),
                ('people', models.IntegerField(default=0)),
                ('incident', models.UUIDField(blank=True, null=True)),
                ('key', models.UUIDField(blank=True, null=True, unique=True)),
                ('imposed_by', models.CharField(max_length=200)),
                ('confirmed_by', models.CharField(blank=True, max_length=200)),
                ('imposed_at', models.DateTimeField(default=kernel.clock.now)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('lifted_by', models.CharField(blank=True, max_length=200)),
                ('lift_reason', models.CharField(blank=True, max_length=200)),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='impositions', to='regions.region')),
            ],
            options={
                'ordering': ['-imposed_at', '-id'],
                'indexes': [models.Index(fields=['region', '-imposed_at'], name='imposition_by_region'), models.Index(fields=['incident'], name='imposition_by_incident'), models.Index(condition=models.Q(('lifted_at__isnull', True)), fields=['until'], name='imposition_to_end')],
            },
        ),
        migrations.CreateModel(
            name='PairedDeed',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uid', models.UUIDField(default=kernel.ids.new_uid, editable=False, unique=True)),
                ('deed', models.CharField(max_length=60)),
                ('args', models.JSONField(default=dict)),
                ('summary', models.CharField(max_length=300)),
                ('reason', models.CharField(max_length=200)),
                ('incident', models.UUIDField(blank=True, null=True)),
                ('key', models.UUIDField(blank=True, null=True, unique=True)),
                ('state', models.CharField(choices=[('waiting', 'Menunggu operator kedua'), ('done', 'Disetujui dan dijalankan'), ('declined', 'Ditolak'), ('expired', 'Kedaluwarsa')], default='waiting', max_length=10)),
                ('asked_by_uid', models.UUIDField()),
                ('asked_by', models.CharField(max_length=200)),
                ('asked_at', models.DateTimeField(default=kernel.clock.now)),
                ('expires_at', models.DateTimeField()),
                ('decided_by', models.CharField(blank=True, max_length=200)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.region')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['expires_at'], name='paired_deed_waiting')],
            },
        ),
    ]
