"""What people do with rule sets: bring one in, sign it, publish it, discard a draft."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.permissions import require
from tenants.calendars import closing
from tenants.rules.engine import (
    RuleSet,
    RuleSetError,
    digest,
    dump_yaml,
    load_rule_set,
    ready_rule_sets,
    run_examples,
)
from tenants.rules.errors import (
    AlreadySigned,
    CannotPublish,
    NotADraft,
    RuleSetRefused,
    StartRefused,
    UnknownReadySet,
)
from tenants.rules.loading import loaded
from tenants.rules.models import RuleSetSignature, StoredRuleSet
from tenants.rules.permissions import EDIT, PUBLISH, SIGN

SIGNATURES_NEEDED = 2

BROUGHT_IN = declare_action("rules.brought_in", "Naskah aturan dimasukkan")
SIGNED = declare_action("rules.signed", "Aturan ditandatangani")
PUBLISHED = declare_action("rules.published", "Aturan diterbitkan")
CLOSED = declare_action("rules.closed", "Masa berlaku aturan ditutup")
DISCARDED = declare_action("rules.discarded", "Draf aturan dibuang")


def copy_ready_set(*, code: str, valid_from: date, actor: Actor) -> StoredRuleSet:
    """A draft from a rule set that ships with the platform, to count from `valid_from`.

    Raises UnknownReadySet and StartRefused.
    """
    ready = ready_rule_sets()
    if code not in ready:
        raise UnknownReadySet(code, tuple(ready))
    return load_rule_set_file(text=ready[code], valid_from=valid_from, actor=actor)


@transaction.atomic
def load_rule_set_file(*, text: str | bytes, valid_from: date, actor: Actor) -> StoredRuleSet:
    """A draft from YAML, the next version of its code, to count from `valid_from` (the first day of a month).

    Raises RuleSetRefused with every problem beside its place, and StartRefused.
    """
    _allowed(actor, EDIT)
    try:
        rule_set = load_rule_set(text)
    except RuleSetError as error:
        raise RuleSetRefused(error) from error
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
        created_by=actor if isinstance(actor, User) else None,
    )
    record(BROUGHT_IN, actor=actor, subject=stored, after={"digest": stored.digest, "valid_from": valid_from})
    return stored


@transaction.atomic
def sign_rule_set(*, uid: UUID, actor: User) -> RuleSetSignature:
    """The person stands for this text: the signature is over its digest.

    Raises NotFound, NotADraft and AlreadySigned.
    """
    _allowed(actor, SIGN)
    stored = _draft(uid)
    if stored.signatures.filter(signed_by=actor, digest=stored.digest).exists():
        raise AlreadySigned(stored.digest)
    signature = RuleSetSignature.objects.create(rule_set=stored, signed_by=actor, digest=stored.digest)
    record(SIGNED, actor=actor, subject=stored, after={"digest": stored.digest})
    return signature


@transaction.atomic
def publish_rule_set(*, uid: UUID, actor: Actor) -> StoredRuleSet:
    """The draft counts from its first day; the version in force before it ends there, in the same transaction.

    Raises NotFound, NotADraft, and CannotPublish with all reasons.
    """
    _allowed(actor, PUBLISH)
    # All published periods are locked first: two people who publish at once meet here.
    list(StoredRuleSet.objects.published().select_for_update().order_by("pk").values_list("pk"))
    stored = _draft(uid)
    reasons = reasons_against_publishing(stored)
    if reasons:
        raise CannotPublish(reasons)
    predecessor = _predecessor(stored)
    if predecessor is not None:
        before = predecessor.valid_to
        predecessor.period = DateRange(predecessor.valid_from, stored.valid_from)
        predecessor.save(update_fields=["period"])
        record(
            CLOSED,
            actor=actor,
            subject=predecessor,
            before={"valid_to": before},
            after={"valid_to": stored.valid_from},
        )
    stored.state = StoredRuleSet.State.PUBLISHED
    stored.published_at = clock.now()
    stored.save(update_fields=["state", "published_at"])
    record(PUBLISHED, actor=actor, subject=stored, after={"digest": stored.digest, "valid_from": stored.valid_from})
    return stored


@transaction.atomic
def discard_draft(*, uid: UUID, actor: Actor) -> StoredRuleSet:
    """The draft is set aside; it stays readable with its signatures. Raises NotFound and NotADraft."""
    _allowed(actor, EDIT)
    stored = _draft(uid)
    stored.state = StoredRuleSet.State.DISCARDED
    stored.save(update_fields=["state"])
    record(DISCARDED, actor=actor, subject=stored)
    return stored


def reasons_against_publishing(stored: StoredRuleSet) -> tuple[str, ...]:
    """Why the draft cannot be published yet, one sentence each; empty when it can."""
    rule_set = loaded(stored)
    reasons = _about_examples(rule_set)
    signers = stored.signatures.filter(digest=stored.digest).values("signed_by").distinct().count()
    if signers < SIGNATURES_NEEDED:
        reasons.append(
            _("Perlu tanda tangan %(needed)d orang; baru %(signers)d.")
            % {"needed": SIGNATURES_NEEDED, "signers": signers}
        )
    others = StoredRuleSet.objects.published().filter(period__overlap=stored.period)
    for other in others.exclude(period__startswith__lt=stored.valid_from):
        reasons.append(
            _("Masa berlakunya bertemu dengan %(other)s yang mulai %(start)s.")
            % {"other": other, "start": date_format(other.valid_from, "j F Y")}
        )
    closed = closing.closed_months(stored.valid_from, stored.valid_to)
    if closed:
        reasons.append(
            _("%(month)s sudah dikunci dengan aturan lama; pilih tanggal mulai sesudahnya.")
            % {"month": date_format(max(closed).first_day, "F Y")}
        )
    return tuple(reasons)


def _about_examples(rule_set: RuleSet) -> list[str]:
    if not rule_set.examples:
        return [_("Aturan belum memiliki contoh perhitungan.")]
    failing = [result.name for result in run_examples(rule_set) if result.differences]
    return [_("Contoh “%(name)s” belum memberi hasil yang benar.") % {"name": name} for name in failing]


def _predecessor(stored: StoredRuleSet) -> StoredRuleSet | None:
    """The published version that is in force on the new one's first day and began before it."""
    return (
        StoredRuleSet.objects.published()
        .filter(period__contains=stored.valid_from, period__startswith__lt=stored.valid_from)
        .first()
    )


def _draft(uid: UUID) -> StoredRuleSet:
    stored = StoredRuleSet.objects.select_for_update().filter(uid=uid).first()
    if stored is None:
        raise NotFound("rule set")
    if not stored.is_draft:
        raise NotADraft(str(stored))
    return stored


def _allowed(actor: Actor, permission: str) -> None:
    if isinstance(actor, User):
        require(actor, permission)
