"""Activation codes stand with the accounts now, on both sides; those that are out stay good."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("employees", "0002_accounts_are_final"), ("accounts", "0004_entry_codes_and_recovery")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO accounts_entrycode (user_id, digest, clears_factors, made_at, expires_at, used_at, "
            "failed_attempts) SELECT user_id, digest, false, made_at, expires_at, used_at, failed_attempts "
            "FROM employees_activationcode",
            migrations.RunSQL.noop,
        ),
        migrations.DeleteModel("ActivationCode"),
    ]
