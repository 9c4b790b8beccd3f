"""Train the second opinion of the judol detector and store its two files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from typing_extensions import override

from kernel.judol import data
from kernel.judol.training import NoTrainer, fit, matrix
from kernel.judol.tuning import NoTuningData, read_folder, to_train_with
from kernel.tenancy.commands import ControlCommand


class Command(ControlCommand):
    help = "Train the judol detector's small model on a folder of labelled texts. The same folder gives the same bytes."
    requires_system_checks = []

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="folder with comments.csv and negatives_*.txt")
        parser.add_argument("--into", type=Path, default=Path(data.__file__).parent, help="where model.* is written")

    @override
    def run(self, **options: Any) -> None:
        try:
            tuning = read_folder(options["folder"])
            texts = [text for _set, _at, text in to_train_with(tuning)]
            counts = {"comments": len(tuning.comments), **{name: len(some) for name, some in tuning.benign.items()}}
            head, weights = fit(matrix(texts), [text.promotes for text in texts], {**counts, "in_all": len(texts)})
        except (NoTuningData, NoTrainer) as error:
            raise CommandError(str(error)) from error
        into: Path = options["into"]
        (into / "model.bin").write_bytes(weights)
        (into / "model.json").write_text(head.written(), encoding="utf-8")
        self.stdout.write(f"{len(weights)} weights, {head.digest[:8]}, trained on {counts}")
