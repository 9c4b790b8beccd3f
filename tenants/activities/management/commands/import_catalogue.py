"""Bring a catalogue of job kinds into a region."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction
from typing_extensions import override

from kernel.accounts.actors import System
from kernel.sheets.plain import read_rows
from kernel.tenancy.commands import RegionCommand
from tenants.activities.catalogue import HEADINGS, REQUIRED, lock_catalogue
from tenants.activities.catalogue_import import read_catalogue, write


class Command(RegionCommand):
    help = (
        "Read job kinds (code, name, unit of output, norm minutes, points, ...) from an XLSX file into a region's "
        "catalogue. Rows with an error are listed and left out. Without --apply nothing is written."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "file", type=Path, help="XLSX file; the heading row is found by its words (Kode, Nama, ...)"
        )
        parser.add_argument("--apply", action="store_true", help="write what is shown")

    @override
    def run(self, **options: Any) -> str | None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"{path}: no such file")
        with path.open("rb") as file, transaction.atomic():
            lock_catalogue()
            reading = read_catalogue(read_rows(file, headings=HEADINGS, required=REQUIRED))
            if options["apply"]:
                write(reading.planned, System("import_catalogue"))
        for note in reading.refused:
            self.stderr.write(f"row {note.row_number} {note.subject}: {note.column} {note.value!r}: {note.message}")
        planned = reading.planned
        verb = "written" if options["apply"] else "would be written (use --apply)"
        return (
            f"{reading.rows} rows: {len(planned.create)} new versions and {len(planned.change)} changes {verb}, "
            f"{planned.unchanged} unchanged, {len({note.row_number for note in reading.refused})} with errors"
        )
