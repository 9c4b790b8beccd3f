"""Verify a locked month."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from typing_extensions import override

from kernel.periods import Month
from kernel.tenancy.commands import RegionCommand
from tenants.payout.actions import verify_lock


class Command(RegionCommand):
    writes = False
    help = (
        "Look at a locked month again: recompute every digest from what is stored, evaluate every slip again from its "
        "frozen facts, and compare the ledger. Reads only. Ends with an error when anything differs. "
        "Example: manage.py verify_month manado 2026-10"
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("month", type=Month.parse, help="year and month: 2026-10")

    @override
    def run(self, **options: Any) -> str | None:
        found = verify_lock(month=options["month"])
        if found.is_intact:
            return f"{options['month']}: intact, {found.slips} slips, digest {found.digest}"
        raise CommandError(
            f"{options['month']}: DIFFERS. lock {found.lock.digest}, now {found.digest}; "
            f"{len(found.changed_slips)} slips changed, {len(found.changed_facts)} facts changed, "
            f"{len(found.replayed_differently)} evaluate differently, ledger differs by {found.ledger_difference}"
        )
