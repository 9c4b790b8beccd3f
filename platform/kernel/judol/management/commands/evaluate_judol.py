"""Measure the judol detector on a folder of labelled texts; exit code 1 when a bound is missed."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from typing_extensions import override

from kernel.judol import RULES_VERSION
from kernel.judol.evaluating import evaluate
from kernel.judol.training import NoTrainer
from kernel.judol.tuning import NoTuningData, read_folder
from kernel.tenancy.commands import ControlCommand


class Command(ControlCommand):
    help = "Print precision and recall of the judol detector on names it was not tuned with; exit 1 below a bound."
    requires_system_checks = []

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="folder with comments.csv and negatives_*.txt")

    @override
    def run(self, **options: Any) -> None:
        try:
            report = evaluate(read_folder(options["folder"]))
        except (NoTuningData, NoTrainer) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"rules {RULES_VERSION}")
        for line in report.lines:
            self.stdout.write(line)
        if report.missed:
            raise CommandError("bounds missed: " + "; ".join(report.missed))
        self.stdout.write("all bounds held")
