"""`migrate` means nothing here: there is no one schema."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as MigrateCommand
from typing_extensions import override


class Command(MigrateCommand):
    help = "Not used: run migrate_platform, which brings the operators' schema and every region up to date."

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("run migrate_platform: there is one schema for each region")
