"""`manage.py scan_file`: files as JSON lines in, verdicts as JSON lines out. No database, no network."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from typing_extensions import override

from kernel.files import sandbox
from kernel.files.inspection.findings import Report
from kernel.files.inspection.kinds import Kind
from kernel.files.inspection.lines import answer_line
from kernel.tenancy.commands import ControlCommand


class Command(ControlCommand):
    help = (
        "Reads {id, filename, bytes (base64), context} line by line from standard input and answers "
        "{id, verdict, served_sha256, reasons[]}, with served (base64) when context asks for it "
        '({"served": true}) or --served is given. Verdicts: accept (taken as it is), clean (taken after it was made '
        "anew), review, quarantine, reject. Antivirus is not asked: it would be a network call."
    )
    requires_system_checks = []

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--served", action="store_true", help="always give back what would be handed out")

    @override
    def run(self, **options: Any) -> None:
        try:
            for line in sys.stdin.buffer:
                if line.strip():
                    self.stdout.write(answer_line(line, _inspect, always_served=options["served"]))
                    self.stdout.flush()
        finally:
            sandbox.close()


def _inspect(content: bytes, name: str, allowed: frozenset[Kind]) -> Report:
    return sandbox.inspect(content, name, allowed=allowed)
