"""The draft that an action works on, held until its transaction ends; and who may do it."""

from __future__ import annotations

from uuid import UUID

from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import require
from tenants.rules.errors import NotADraft
from tenants.rules.models import RuleSetRevision, StoredRuleSet


def allowed(actor: Actor, permission: str) -> None:
    """Raises NotAllowed for a person without the permission; the platform itself needs none."""
    if isinstance(actor, User):
        require(actor, permission)


def person_or_none(actor: Actor) -> User | None:
    return actor if isinstance(actor, User) else None


def locked_draft(uid: UUID) -> StoredRuleSet:
    """The draft, locked. Raises NotFound and NotADraft."""
    stored = StoredRuleSet.objects.select_for_update().filter(uid=uid).first()
    if stored is None:
        raise NotFound("rule set")
    if not stored.is_draft:
        raise NotADraft(str(stored))
    return stored


def add_revision(stored: StoredRuleSet, *, what: str, actor: Actor) -> RuleSetRevision:
    """Keep the draft as it is now in its history."""
    latest = stored.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    return RuleSetRevision.objects.create(
        rule_set=stored,
        number=latest + 1,
        text=stored.text,
        digest=stored.digest,
        what=what[:300],
        saved_by=person_or_none(actor),
    )
