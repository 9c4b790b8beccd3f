"""A draft comes in: from a ready rule set, from a version of the region's own, or from a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils.translation import gettext as _

from kernel.accounts.actors import Actor
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from tenants.rules.actions.locking import add_revision, allowed, person_or_none
from tenants.rules.engine import (
    RuleSet,
    RuleSetError,
    digest,
    dump,
    dump_yaml,
    load_rule_set,
    ready_rule_sets,
)
from tenants.rules.errors import RuleSetRefused, StartRefused, UnknownReadySet
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.rules.permissions import EDIT

BROUGHT_IN = declare_action("rules.brought_in", "Naskah aturan dimasukkan")


@transaction.atomic
def copy_ready_set(*, code: str, valid_from: date, actor: Actor) -> StoredRuleSet:
    """A draft from a rule set that ships with the platform, to count from `valid_from`.

    A ready set whose regulation has ended may still be copied: the region writes its own from it.
    Raises UnknownReadySet and StartRefused.
    """
    allowed(actor, EDIT)
    ready = ready_rule_sets()
    if code not in ready:
        raise UnknownReadySet(code, tuple(ready))
    rule_set = _without_past_end(_read(ready[code]), valid_from)
    return _bring_in(rule_set, valid_from=valid_from, actor=actor, what=_("Disalin dari aturan siap pakai"))


@transaction.atomic
def copy_to_draft(*, uid: UUID, valid_from: date, actor: Actor) -> StoredRuleSet:
    """A new draft with the text of any of the region's rule sets, the next version of its code.

    The regulation's file is not taken along: the new version has a regulation of its own.
    Raises NotFound and StartRefused.
    """
    allowed(actor, EDIT)
    source = StoredRuleSet.objects.filter(uid=uid).first()
    if source is None:
        raise NotFound("rule set")
    rule_set = _without_past_end(loaded(source), valid_from)
    what = _("Disalin dari %(source)s") % {"source": source}
    return _bring_in(rule_set, valid_from=valid_from, actor=actor, what=what)


@transaction.atomic
def load_rule_set_file(*, text: str | bytes, valid_from: date, actor: Actor) -> StoredRuleSet:
    """A draft from YAML, the next version of its code, to count from `valid_from` (the first day of a month).

    Raises RuleSetRefused with every problem beside its place, and StartRefused.
    """
    allowed(actor, EDIT)
    return _bring_in(_read(text), valid_from=valid_from, actor=actor, what=_("Dimasukkan dari berkas"))


def _read(text: str | bytes | Mapping[str, Any]) -> RuleSet:
    try:
        return load_rule_set(text)
    except RuleSetError as error:
        raise RuleSetRefused(error) from error


def _without_past_end(rule_set: RuleSet, valid_from: date) -> RuleSet:
    if rule_set.valid_to is None or valid_from < rule_set.valid_to:
        return rule_set
    return _read({name: value for name, value in dump(rule_set).items() if name != "valid_to"})


def _bring_in(rule_set: RuleSet, *, valid_from: date, actor: Actor, what: str) -> StoredRuleSet:
    ended = rule_set.valid_to is not None and valid_from >= rule_set.valid_to
    if valid_from.day != 1 or valid_from < rule_set.valid_from or ended:
        raise StartRefused(valid_from, rule_set.valid_from, rule_set.valid_to)
    latest = StoredRuleSet.objects.filter(code=rule_set.code).aggregate(latest=Max("version"))["latest"] or 0
    stored = StoredRuleSet.objects.create(
        code=rule_set.code,
        version=latest + 1,
        title=rule_set.title[:200],
        regulation=rule_set.regulation.number[:200],
        period=DateRange(valid_from, rule_set.valid_to),
        text=dump_yaml(rule_set),
        digest=digest(rule_set),
        created_by=person_or_none(actor),
    )
    add_revision(stored, what=what, actor=actor)
    record(BROUGHT_IN, actor=actor, subject=stored, after={"digest": stored.digest, "valid_from": valid_from})
    return stored
