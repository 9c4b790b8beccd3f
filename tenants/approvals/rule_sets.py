"""A rule set as a document of the region: with a chain in force only an approved one is published."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel.accounts.actors import Actor
from kernel.date_words import day_words
from tenants.approvals.errors import NotRecallable
from tenants.approvals.handlers import Candidate, Details, RegionHandler, handler
from tenants.approvals.models import ApprovalRequest
from tenants.approvals.region_documents import reason_against
from tenants.rules import publishing
from tenants.rules.models import StoredRuleSet

KIND = "rule_set"


@handler(KIND)
class RuleSets(RegionHandler):
    """Drafts of rule sets. The approval lets them be published; publishing itself stays a step of its own."""

    label = gettext_lazy("Aturan TPP")

    @override
    def on_recalled(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        """Refused once it is published."""
        drafts = StoredRuleSet.objects.select_for_update(of=("self",)).filter(
            uid__in=[request.document_uid for request in requests]
        )
        if any(not stored.is_draft for stored in drafts.order_by("pk")):
            raise NotRecallable

    @override
    def on_undone(
        self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime
    ) -> Mapping[UUID, Mapping[str, object]]:
        """Refused once it is published."""
        self.on_recalled(requests, actor=actor, at=at, note="")
        return {}

    @override
    def version(self, uids: Collection[UUID]) -> Mapping[UUID, str]:
        """What the signatures are over as well: the text, the regulation's file, and the first day."""
        rows = StoredRuleSet.objects.filter(uid__in=uids).select_related("regulation_file")
        return {
            row.uid: hashlib.sha256(f"{row.digest} {row.file_digest} {row.valid_from}".encode()).hexdigest()
            for row in rows
        }

    @override
    def details(self, uids: Collection[UUID]) -> dict[UUID, Details]:
        rows = StoredRuleSet.objects.filter(uid__in=uids).select_related("regulation_file")
        return {
            row.uid: Details(
                facts=[
                    (_("Dasar hukum"), row.regulation),
                    (_("Berlaku mulai"), day_words(row.valid_from)),
                    (_("Sidik naskah"), row.digest[:12]),
                ],
                files=[row.regulation_file] if row.regulation_file else [],
                url=reverse("rules-set", args=[row.uid]),
            )
            for row in rows
        }

    @override
    def candidates(self) -> Sequence[Candidate]:
        drafts = StoredRuleSet.objects.filter(state=StoredRuleSet.State.DRAFT).order_by("-pk")[:50]
        return [Candidate(row.uid, str(row), url=reverse("rules-set", args=[row.uid])) for row in drafts]


@publishing.check
def approved_by_its_chain(stored: StoredRuleSet) -> Iterable[str]:
    """The chain of rule sets, where the region has one, has approved the draft as it is."""
    reason = reason_against(KIND, stored.uid)
    return [reason] if reason else []
