"""Compare the audit logs with their seals."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from typing_extensions import override

from kernel.audit import keys
from kernel.audit.verifying import Kind, Verdict, verify
from kernel.tenancy import registry
from kernel.tenancy.commands import ControlCommand
from kernel.tenancy.context import region_scope

WORDS = {
    Kind.CHANGED: "entry {entry} was changed after it was sealed (seal {seal})",
    Kind.MISSING: "entry {entry} was removed after it was sealed (seal {seal})",
    Kind.ADDED: "entry {entry} was slipped in after the sealing (seal {seal})",
    Kind.SEAL_CHANGED: "seal {seal} was changed",
    Kind.SEAL_FORGED: "seal {seal} was not made with a key that is trusted",
    Kind.SEAL_MISSING: "seal {seal} is missing",
}


class Command(ControlCommand):
    help = (
        "Look whether every entry of the audit logs is as it was when it was sealed, on the operators' side and in the "
        "regions. Names the first broken entry of each side and ends with an error when there is one. Changes nothing "
        "but the outcome that the audit page shows."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("region", nargs="*", help="codes of the regions to look at; every side when left out")
        parser.add_argument("--key", action="store_true", help="only print the public half of the key that seals")

    @override
    def run(self, **options: Any) -> None:
        if options["key"]:
            self.stdout.write(keys.public_text(keys.signing_key().public_key()))
            return
        broken = 0
        if not options["region"]:
            broken += self._told("control", verify())
        codes = options["region"] or [region.code for region in registry.live_regions()]
        for region in [registry.region_by_code(code) for code in codes]:
            with region_scope(region):
                broken += self._told(region.code, verify())
        if broken:
            raise CommandError(f"{broken} audit logs are broken")

    def _told(self, side: str, verdict: Verdict) -> bool:
        line = f"{side}: {verdict.seals} seals over {verdict.entries} entries hold, {verdict.unsealed} not sealed yet"
        self.stdout.write(line)
        if verdict.broken is not None:
            words = WORDS[verdict.broken.kind].format(entry=verdict.broken.entry, seal=verdict.broken.seal)
            self.stdout.write(f"{side}: BROKEN: {words}")
        return verdict.broken is not None
