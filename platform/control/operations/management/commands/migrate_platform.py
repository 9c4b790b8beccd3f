"""Bring every schema up to date."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from control.operations.schema_changes import alone, migrate_operator_side, roll_out
from kernel.errors import DomainError


class Command(BaseCommand):
    help = (
        "Bring the operators' schema and every region's schema up to date. Safe to run again; a region that fails is "
        "named, the others go on, and the next run takes it up."
    )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with alone():
                migrate_operator_side()
                report = roll_out()
        except DomainError as error:
            raise CommandError(error.message()) from error
        changed = sum(1 for count in report.applied.values() if count)
        self.stdout.write(f"{report.rendered} schema changes rendered, {changed} regions changed")
        if report.failed:
            raise CommandError("; ".join(f"{code}: {why.strip()}" for code, why in sorted(report.failed.items())))
