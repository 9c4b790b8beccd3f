"""manage.py compute_days REGION MONTH"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from typing_extensions import override

from kernel.periods import Month
from kernel.tenancy.commands import RegionCommand
from tenants.attendance.jobs import people_of_opd
from tenants.attendance.results import recompute_days


class Command(RegionCommand):
    help = (
        "Judge every working day of a month again, from punches, documents, calendar and the rule set in force. "
        "Safe to repeat: days whose inputs have not changed are not written. Days of a locked month are left alone."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("month", help="the month, as 2026-10")
        parser.add_argument("--opd", default="", help="code of one OPD; without it everybody of the region")

    @override
    def run(self, **options: Any) -> str | None:
        try:
            month = Month.parse(options["month"])
        except ValueError as error:
            raise CommandError("The month is written as 2026-10.") from error
        people = None
        if options["opd"]:
            people = people_of_opd(options["opd"], month)
            if not people:
                raise CommandError(f"Nobody holds a post in OPD {options['opd']} in {month}.")
        done = recompute_days(first=month.first_day, end=month.end, employee_ids=people)
        return f"{done.people} people, {done.days} days judged, {done.written} changed."
