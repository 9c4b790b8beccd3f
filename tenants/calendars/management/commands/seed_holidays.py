"""Draft the national holidays of a year in one region."""

from argparse import ArgumentParser
from typing import Any

from typing_extensions import override

from kernel.accounts.actors import System
from kernel.tenancy import here
from kernel.tenancy.commands import RegionCommand
from tenants.calendars.actions import draft_national_holidays


class Command(RegionCommand):
    help = (
        "Write the national holidays and joint leave days of a year into a region as drafts. Drafts do not count: an "
        "administrator compares them with the joint decree and confirms them on the page /kalender/. Days that are "
        "already there, confirmed or removed, are left alone, so the command may be repeated."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("year", type=int, nargs="?", help="year, such as 2027; this year when left out")

    @override
    def run(self, **options: Any) -> None:
        year = options["year"] or here.today().year
        new = draft_national_holidays(year=year, actor=System("seed_holidays"))
        for holiday in new:
            self.stdout.write(f"{holiday.date}  {holiday.get_kind_display():15}  {holiday.name}")
        self.stdout.write(f"{len(new)} drafts added for {year}")
