"""Lock a month, OPD by OPD."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from typing_extensions import override

from kernel.accounts.models import User
from kernel.periods import Month
from kernel.tenancy.commands import RegionCommand
from tenants.payout.actions import lock_month


class Command(RegionCommand):
    help = (
        "Lock the month of every OPD that is ready on its newest finished run, in the name of a person of the region "
        "who may lock (BKPSDM). Afterwards nothing of it can be changed, also not by SQL. Doing it twice is harmless. "
        "Example: manage.py lock_month manado 2026-10 --by 198001012005011001"
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("month", type=Month.parse, help="year and month: 2026-10")
        parser.add_argument("--by", required=True, help="log-in (NIP) of the person in whose name the month is locked")
        parser.add_argument("--reason", default="", help="needed when people of the run could not be computed")

    @override
    def run(self, **options: Any) -> str | None:
        person = User.objects.filter(login=options["by"], is_active=True).first()
        if person is None:
            raise CommandError(f"nobody of this region logs in as {options['by']}")
        month = options["month"]
        done = lock_month(month=month, actor=person, reason=options["reason"])
        lines = [f"{month}: {len(done.locked)} OPDs locked by {person}, {len(done.refused)} not ready"]
        lines += [
            f"  {lock.opd.code} {lock.opd.name}: {lock.people} people, digest {lock.digest}" for lock in done.locked
        ]
        lines += [f"  {left.opd.code} {left.opd}: NOT LOCKED, {left.text}" for left in done.refused]
        told = "\n".join(lines)
        if done.refused:
            raise CommandError(told)
        return told
