"""OPD treasurers ask for payment and confirm bank accounts: a second factor, with a week for those who are there."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_text_news")]

    operations = [
        migrations.RunSQL(
            "UPDATE accounts_role SET second_factor_days = 7, second_factor_from = now() + interval '7 days' "
            "WHERE code = 'bendahara' AND second_factor_days IS NULL",
            migrations.RunSQL.noop,
        ),
    ]
