"""Bring a rule set into a region as a draft."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from typing_extensions import override

from kernel.accounts.actors import System
from kernel.tenancy.commands import RegionCommand
from tenants.rules.actions import copy_ready_set, load_rule_set_file
from tenants.rules.engine import ready_rule_sets
from tenants.rules.errors import RuleSetRefused


class Command(RegionCommand):
    help = (
        "Bring a rule set into a region as a draft. It counts only after two people of the region have signed it "
        "on its page (/aturan/) and it was published. Example: manage.py load_rules manado manado --from 2026-01-01"
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "source", help=f"a YAML file, or the name of one that ships here: {', '.join(ready_rule_sets())}"
        )
        parser.add_argument(
            "--from",
            dest="valid_from",
            type=date.fromisoformat,
            required=True,
            help="first day on which it counts, the first of a month: 2026-01-01",
        )

    @override
    def run(self, **options: Any) -> str | None:
        source, valid_from, actor = options["source"], options["valid_from"], System("load_rules")
        try:
            if source in ready_rule_sets():
                draft = copy_ready_set(code=source, valid_from=valid_from, actor=actor)
            elif Path(source).is_file():
                draft = load_rule_set_file(text=Path(source).read_bytes(), valid_from=valid_from, actor=actor)
            else:
                raise CommandError(f"{source} is neither a file nor one of: {', '.join(ready_rule_sets())}")
        except RuleSetRefused as error:
            lines = [f"  {problem.path or '-'}: {problem.message}" for problem in error.problems]
            raise CommandError("\n".join([error.message(), *lines])) from error
        return f"{draft.code} v{draft.version}: draft, from {draft.valid_from}, digest {draft.digest}"
