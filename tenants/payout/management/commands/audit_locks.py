"""Add every lock of a region up again."""

from typing import Any

from django.core.management.base import CommandError
from typing_extensions import override

from kernel.tenancy.commands import RegionCommand
from tenants.payout.auditing import INVARIANTS, breaches


class Command(RegionCommand):
    writes = False
    help = (
        "Check of every lock that lines add up to slips, slips to the lock and the lock to the ledger, and that nobody "
        "is paid twice. Reads only; ends with an error when something is broken. The same runs every night. "
        "Example: manage.py audit_locks manado"
    )

    @override
    def run(self, **options: Any) -> str | None:
        found = breaches()
        if found:
            raise CommandError("\n".join(f"{breach.invariant}: {breach.subject}" for breach in found))
        return f"{len(INVARIANTS)} invariants hold"
