"""Compare regions' schemas with the golden one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from typing_extensions import override

from control.operations.schema_check import verify_schemas
from kernel.tenancy.commands import ControlCommand


class Command(ControlCommand):
    help = (
        "Compare every region's schema with the golden one: tables, columns, constraints, indexes, triggers, "
        "functions, the row fence, applied changes, and references that leave the schema. Changes nothing. Ends with "
        "an error when a schema differs. Run it after each migrate_platform and every night."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("region", nargs="*", help="codes of the regions to look at; all of them when left out")

    @override
    def run(self, **options: Any) -> None:
        checks = verify_schemas(options["region"] or None)
        wrong = [check for check in checks if check.problems]
        for check in wrong:
            for problem in check.problems:
                self.stdout.write(f"{check.code}: {problem}")
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(checks)} schemas differ")
        self.stdout.write(f"{len(checks)} schemas are as they must be")
