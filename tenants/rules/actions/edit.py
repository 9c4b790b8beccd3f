"""A draft is edited: each save is a whole rule set that computes, and a revision that one can go back to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from kernel.accounts.actors import Actor
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.files.actions import store_file
from tenants.rules.access import REGULATION_FILE
from tenants.rules.actions.locking import add_revision, allowed, locked_draft, person_or_none
from tenants.rules.engine import RuleSet, RuleSetError, digest, dump, dump_yaml, load_rule_set
from tenants.rules.errors import RuleSetRefused, StaleDraft, StartRefused
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.rules.permissions import EDIT

EDITED = declare_action("rules.edited", "Draf aturan diubah")
REGULATION_STATED = declare_action("rules.regulation_stated", "Naskah peraturan dilampirkan")

MAX_FILE_BYTES = 20 * 1024 * 1024
PDF = frozenset({"application/pdf"})


@transaction.atomic
def save_draft(
    *,
    uid: UUID,
    seen: str,
    tree: Mapping[str, Any],
    what: str,
    actor: Actor,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> StoredRuleSet:
    """Write the draft anew from plain data, as a revision called `what`; signatures under the former text fall away.

    `seen` is the digest of the draft that the person had before them; who sends the same twice is not told of a save of
    their own. With `valid_from` (the first of a month) the
    period is written too, open-ended without `valid_to`. Nothing changes when the draft is the same already.
    Raises NotFound, NotADraft, StaleDraft, RuleSetRefused with every problem, StartRefused.
    """
    allowed(actor, EDIT)
    stored = locked_draft(uid)
    if valid_from is not None:
        tree = _for_period(tree, valid_from, valid_to)
    try:
        rule_set = load_rule_set(tree)
    except RuleSetError as error:
        _same_as(stored, seen)
        raise RuleSetRefused(error) from error
    same_period = valid_from is None or (valid_from, valid_to) == (stored.valid_from, stored.valid_to)
    if digest(rule_set) == stored.digest and same_period:
        return stored
    _same_as(stored, seen)
    before = {"digest": stored.digest, "valid_from": stored.valid_from}
    if valid_from is not None:
        stored.period = DateRange(valid_from, valid_to)
    _write(stored, rule_set, what=what, before=before, actor=actor)
    return stored


@transaction.atomic
def restore_revision(*, uid: UUID, number: int, seen: str, actor: Actor) -> StoredRuleSet:
    """The draft is again what it was in this revision; what came after stays in the history.

    Raises NotFound, NotADraft, StaleDraft, StartRefused, and RuleSetRefused for a text that today's checks no longer
    take.
    """
    allowed(actor, EDIT)
    stored = locked_draft(uid)
    _same_as(stored, seen)
    revision = stored.revisions.filter(number=number).first()
    if revision is None:
        raise NotFound("revision")
    try:
        rule_set = load_rule_set(revision.text)
    except RuleSetError as error:
        raise RuleSetRefused(error) from error
    before = {"digest": stored.digest, "valid_from": stored.valid_from}
    # The text says until when it counts, and not before when: the row's period follows it.
    stored.period = _period_of(rule_set, stored.valid_from)
    _write(stored, rule_set, what=_("Kembali ke simpanan %(number)d") % {"number": number}, before=before, actor=actor)
    return stored


@transaction.atomic
def state_regulation(
    *,
    uid: UUID,
    seen: str,
    number: str,
    title: str,
    enacted_on: date,
    actor: Actor,
    upload: File[bytes] | None = None,
) -> StoredRuleSet:
    """Which regulation the draft carries out: number, subject, date, and its PDF where one is given.

    Raises NotFound, NotADraft, StaleDraft, RuleSetRefused, FileRefused.
    """
    allowed(actor, EDIT)
    stored = locked_draft(uid)
    _same_as(stored, seen)
    before = {"digest": stored.digest, "file": stored.file_digest}
    if upload is not None:
        stored.regulation_file = store_file(
            upload=upload,
            purpose=REGULATION_FILE,
            owner=person_or_none(actor),
            allowed=PDF,
            max_bytes=MAX_FILE_BYTES,
        )
    tree = dump(loaded(stored))
    tree["regulation"] = {"number": number, "title": title, "date": enacted_on.isoformat()}
    try:
        rule_set = load_rule_set(tree)
    except RuleSetError as error:
        raise RuleSetRefused(error) from error
    record(REGULATION_STATED, actor=actor, subject=stored, before=before, after={"file": stored.file_digest})
    _write(stored, rule_set, what=_("Naskah peraturan"), before=before, actor=actor)
    return stored


def _same_as(stored: StoredRuleSet, seen: str) -> None:
    if stored.digest != seen:
        raise StaleDraft(stored.revisions.select_related("saved_by").order_by("-number").first())


def _for_period(tree: Mapping[str, Any], valid_from: date, valid_to: date | None) -> dict[str, Any]:
    """The tree whose own dates hold the period; its examples may reach further back."""
    if valid_from.day != 1:
        raise StartRefused(valid_from, valid_from, None)
    dated = {name: value for name, value in tree.items() if name != "valid_to"}
    dated["valid_from"] = min(date.fromisoformat(str(tree["valid_from"])), valid_from).isoformat()
    if valid_to is not None:
        dated["valid_to"] = valid_to.isoformat()
    return dated


def _period_of(rule_set: RuleSet, valid_from: date) -> DateRange:
    """From the draft's first day, or the first on which the text counts, to the text's end. Raises StartRefused."""
    first = max(valid_from, rule_set.valid_from)
    if first.day != 1 or (rule_set.valid_to is not None and rule_set.valid_to <= first):
        raise StartRefused(valid_from, rule_set.valid_from, rule_set.valid_to)
    return DateRange(first, rule_set.valid_to)


def _write(stored: StoredRuleSet, rule_set: RuleSet, *, what: str, before: dict[str, Any], actor: Actor) -> None:
    changed = digest(rule_set) != stored.digest
    stored.text = dump_yaml(rule_set)
    stored.digest = digest(rule_set)
    stored.title = rule_set.title[:200]
    stored.regulation = rule_set.regulation.number[:200]
    stored.save(update_fields=["text", "digest", "title", "regulation", "period", "regulation_file"])
    if changed:
        add_revision(stored, what=what, actor=actor)
    if changed or before.get("valid_from", stored.valid_from) != stored.valid_from:
        after = {"digest": stored.digest, "valid_from": stored.valid_from}
        record(EDITED, actor=actor, subject=stored, before=before, after=after, note=what[:300])
