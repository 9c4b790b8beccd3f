"""manage.py import_machine_log REGION DEVICE FILE"""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.management.base import CommandError
from django.db import transaction
from typing_extensions import override

from kernel.accounts.actors import System
from kernel.audit.record import record
from kernel.files.actions import store_text
from kernel.tenancy.commands import RegionCommand
from tenants.machines.access import MACHINE_FILE
from tenants.machines.actions import LOG_SENT, MAX_LOG_BYTES
from tenants.machines.importing import Problem, import_log


class Command(RegionCommand):
    help = (
        "Take in the log file (.dat) of an attendance machine. Lines that were taken in before are not added again. "
        "Lines with a PIN that nobody has claimed wait until it is claimed on the page for machines."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("device", help="name of the machine, as on the page for machines")
        parser.add_argument("file", type=Path, help="the file that the machine wrote to the USB stick")

    @override
    def run(self, **options: Any) -> str | None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        with transaction.atomic():
            stored = store_text(
                upload=ContentFile(content, name=path.name), purpose=MACHINE_FILE, owner=None, max_bytes=MAX_LOG_BYTES
            )
            record(
                LOG_SENT,
                actor=System("import_machine_log"),
                subject=stored,
                after={"device": options["device"], "sha256": stored.sha256},
            )
        done = import_log(device=options["device"], content=content, file=stored, report=self._report)
        return (
            f"{done.lines} lines: {done.added} added, {done.repeated} known before, "
            f"{done.unknown} with an unknown PIN, {done.bad} unreadable."
        )

    def _report(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            self.stderr.write(f"line {problem.row}: {problem.message} {problem.value}".rstrip())
