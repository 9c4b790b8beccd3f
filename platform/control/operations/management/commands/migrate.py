"""`migrate` means nothing here: there is no one schema."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override


class Command(BaseCommand):
    help = "Not used: run migrate_platform, which brings the operators' schema and every region up to date."

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("run migrate_platform: there is one schema for each region")
