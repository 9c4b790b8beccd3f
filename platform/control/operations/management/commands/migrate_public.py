"""Django's own migrate, for the operators' schema only."""

from django.core.management.commands.migrate import Command as MigrateCommand
from typing_extensions import override

from kernel.tenancy.context import control_scope


class Command(MigrateCommand):
    help = "Apply migrations to the operators' schema. Part of migrate_platform, which is what you want."

    @override
    def handle(self, *args: object, **options: object) -> None:
        with control_scope():
            super().handle(*args, **options)
