"""Which roles require a second factor. Those who hold one already are given a week."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_signed_out_before")]

    operations = [
        migrations.AddField("role", "second_factor_days", models.SmallIntegerField(blank=True, null=True)),
        migrations.AddField("role", "second_factor_from", models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL(
            "UPDATE accounts_role SET second_factor_days = 7, second_factor_from = now() + interval '7 days' "
            "WHERE code IN ('bkpsdm', 'diskominfo', 'bpkad', 'inspektorat')",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "UPDATE accounts_role SET second_factor_days = 0 WHERE code IN ('operator', 'billing')",
            migrations.RunSQL.noop,
        ),
    ]
