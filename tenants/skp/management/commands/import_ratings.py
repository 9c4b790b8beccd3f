"""Bring ratings in from the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.management.base import CommandError
from django.db import transaction
from typing_extensions import override

from kernel.accounts.actors import System
from kernel.files.actions import SHEET_TYPES, store_file
from kernel.tenancy.commands import RegionCommand
from tenants.skp.rating_import import read_sheet, write
from tenants.skp.rating_periods import RatingPeriod


class Command(RegionCommand):
    help = (
        "Read a spreadsheet of ratings (columns NIP, Predikat, Capaian SKP, Jumlah Perilaku) into a month or quarter. "
        "Rows that are wrong are listed and left out; the right ones are stored. The same file again changes nothing."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("period", help="period of the ratings: 2026-10, or the quarter 2026-T4")
        parser.add_argument("file", type=Path, help="the XLSX file")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")

    @override
    def run(self, **options: Any) -> None:
        try:
            period = RatingPeriod.parse(options["period"])
            content = options["file"].read_bytes()
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        with transaction.atomic():
            upload = ContentFile(content, name=options["file"].name)
            stored = store_file(upload=upload, purpose="import", owner=None, allowed=SHEET_TYPES)
            reading = read_sheet(stored, period)
            if not options["dry_run"]:
                write(reading, period, System("import_ratings"))
        for item in reading.refused:
            self.stderr.write(f"row {item.row_number}, {item.column} {item.value!r}: {item.message}")
        self.stdout.write(
            f"{reading.rows} rows: {reading.new_rows} new, {reading.changed_rows} changed, "
            f"{reading.unchanged} unchanged, {len({item.row_number for item in reading.refused})} refused"
        )
