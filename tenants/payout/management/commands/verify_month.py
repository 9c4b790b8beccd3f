"""Verify a locked month."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from typing_extensions import override

from kernel.periods import Month
from kernel.tenancy.commands import RegionCommand
from tenants.payout.verifying import Verification, verify_month


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
        month = options["month"]
        found = verify_month(month)
        wrong = [lock for lock in found if not lock.is_intact]
        if not wrong:
            return f"{month}: intact, {len(found)} OPDs, {sum(lock.slips for lock in found)} slips"
        raise CommandError("\n".join(_told(month, lock) for lock in wrong))


def _told(month: Month, found: Verification) -> str:
    return (
        f"{month} {found.lock.opd.code}: DIFFERS. {found.first_difference} "
        f"lock {found.lock.digest}, now {found.digest}; "
        f"{len(found.changed_slips)} slips changed, {len(found.changed_facts)} facts changed, "
        f"{len(found.replayed_differently)} evaluate differently, ledger differs by {found.ledger_difference}"
    )
