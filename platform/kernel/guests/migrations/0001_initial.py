import django.db.models.deletion
import kernel.clock
import kernel.ids
import kernel.tenancy.fence
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0002_signed_out_before'),
    ]

    operations = [
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uid', models.UUIDField(default=kernel.ids.new_uid, editable=False, unique=True)),
                ('region_number', models.SmallIntegerField(db_column='region_id', default=kernel.tenancy.fence.number_of_new_row, editable=False)),
                ('operator_uid', models.UUIDField()),
                ('operator', models.CharField(max_length=200)),
                ('role', models.CharField(max_length=40)),
                ('reason', models.CharField(max_length=300)),
                ('incident', models.UUIDField(blank=True, null=True)),
                ('key', models.UUIDField(unique=True)),
                ('opened_at', models.DateTimeField(default=kernel.clock.now)),
                ('ends_at', models.DateTimeField()),
                ('entered_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('end', models.CharField(blank=True, choices=[('operator', 'diakhiri operator'), ('region', 'diakhiri wilayah')], max_length=10)),
                ('ended_by', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'ordering': ['-opened_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Guest',
            fields=[
            ],
            options={
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('accounts.user',),
        ),
        migrations.CreateModel(
            name='VisitedRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region_number', models.SmallIntegerField(db_column='region_id', default=kernel.tenancy.fence.number_of_new_row, editable=False)),
                ('at', models.DateTimeField(default=kernel.clock.now)),
                ('method', models.CharField(max_length=10)),
                ('path', models.CharField(max_length=300)),
                ('status', models.SmallIntegerField()),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='guests.visit')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
    ]
