"""Publish a signed draft."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from typing_extensions import override

from kernel.accounts.actors import System
from kernel.tenancy.commands import RegionCommand
from tenants.rules.actions import publish_rule_set
from tenants.rules.models import StoredRuleSet


class Command(RegionCommand):
    help = (
        "Publish the newest draft of a rule set. Its stored examples must pass and two people of the region must "
        "have signed it; the version before it ends on its first day. Example: manage.py publish_rules manado manado"
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", help="the rule set's code, as load_rules printed it")

    @override
    def run(self, **options: Any) -> str | None:
        draft = StoredRuleSet.objects.drafts().filter(code=options["code"]).order_by("-version").first()
        if draft is None:
            raise CommandError(f"no draft of {options['code']} in this region")
        published = publish_rule_set(uid=draft.uid, actor=System("publish_rules"))
        return f"{published.code} v{published.version}: published, in force from {published.valid_from}"
