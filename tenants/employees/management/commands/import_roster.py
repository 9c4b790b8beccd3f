"""Import units, positions and people of one region from a workbook."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from typing_extensions import override

from kernel.accounts.actors import System
from kernel.sheets.words import sentence
from kernel.tenancy import here
from kernel.tenancy.commands import RegionCommand
from tenants.employees import roster_sheet
from tenants.employees.roster_import import import_roster, plan_of
from tenants.employees.roster_words import ROSTER_WORDS
from tenants.employees.row_outcome import Outcome


class Command(RegionCommand):
    help = (
        "Import OPD, units, positions, people and their placements of a region from one XLSX with the sheets Unit, "
        "Jabatan and Pegawai (the page /pegawai/impor/ has an empty one to download). The file is compared with the "
        "region first; every wrong row is printed with its reason, and then nothing is written unless "
        "--valid-rows-only says that the right rows go in all the same. Importing a file twice changes nothing."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="the workbook, an .xlsx")
        parser.add_argument("--dry-run", action="store_true", help="only say what the file would do")
        parser.add_argument("--valid-rows-only", action="store_true", help="leave wrong rows out and write the others")

    @override
    def run(self, **options: Any) -> None:
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        today = here.today()
        plan = plan_of(content, today=today)
        for entry in plan.wrong:
            for wrong in entry.errors:
                where = f"{entry.row.sheet} {entry.row.number}, {wrong.column}"
                self.stderr.write(f"{where}: {wrong.value!r}: {sentence(wrong, ROSTER_WORDS)}")
        for name in roster_sheet.COLUMNS:
            counts = ", ".join(f"{plan.count(outcome, name)} {outcome.value}" for outcome in Outcome)
            self.stdout.write(f"{name}: {counts}")
        if options["dry_run"]:
            self.stdout.write("dry run: nothing written")
            return
        written = import_roster(
            content=content,
            today=today,
            actor=System("import_roster"),
            valid_rows_only=options["valid_rows_only"],
            note=options["file"].name,
        )
        self.stdout.write(
            f"written: {written.units} units, {written.positions} positions, {written.people} people, "
            f"{written.placements} placements, {written.changed} changes, {written.left_out} rows left out"
        )
