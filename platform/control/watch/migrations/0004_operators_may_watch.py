"""Operators of an installation that is there already get the permissions of the monitoring.

A new installation's roles are seeded from the declarations; existing roles stay as they are otherwise.
"""

from django.db import migrations

NAMES = ["watch.change", "watch.see"]


def grant(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.filter(code="operator"):
        missing = [name for name in NAMES if name not in role.permissions]
        if missing:
            role.permissions = sorted([*role.permissions, *missing])
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [
        ("watch", "0003_who_changed_a_detection"),
        ("accounts", "0001_initial"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
