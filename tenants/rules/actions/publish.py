"""A draft is signed by two people and published, or discarded."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.date_words import day_words
from kernel.turns import take_turns
from kernel.watching import names
from tenants.rules import publishing
from tenants.rules.actions.locking import allowed, locked_draft
from tenants.rules.confirming import tables_used
from tenants.rules.engine import RuleSet, run_examples, totals_left_unrounded
from tenants.rules.errors import AlreadySigned, CannotPublish
from tenants.rules.loading import loaded
from tenants.rules.models import RuleSetSignature, StoredRuleSet
from tenants.rules.permissions import EDIT, PUBLISH, SIGN

SIGNATURES_NEEDED = 2

SIGNED = declare_action("rules.signed", "Aturan ditandatangani")
PUBLISHED = declare_action("rules.published", "Aturan diterbitkan", event=names.RULE_VERSION_CHANGE)
CLOSED = declare_action("rules.closed", "Masa berlaku aturan ditutup")
REPLACED = declare_action("rules.replaced", "Aturan diganti oleh aturan yang berlaku surut")
DISCARDED = declare_action("rules.discarded", "Draf aturan dibuang")


@transaction.atomic
def sign_rule_set(*, uid: UUID, actor: User) -> RuleSetSignature:
    """The person stands for what the draft is now: its text, the regulation's file and its first day.

    Raises NotFound, NotADraft and AlreadySigned.
    """
    allowed(actor, SIGN)
    stored = locked_draft(uid)
    if stored.standing_signatures().filter(signed_by=actor).exists():
        raise AlreadySigned(stored.digest)
    signature = RuleSetSignature.objects.create(
        rule_set=stored,
        signed_by=actor,
        digest=stored.digest,
        file_digest=stored.file_digest,
        valid_from=stored.valid_from,
    )
    record(SIGNED, actor=actor, subject=stored, after={"digest": stored.digest, "file": stored.file_digest})
    return signature


@transaction.atomic
def publish_rule_set(*, uid: UUID, actor: Actor, replaces: Collection[str] | None = None) -> StoredRuleSet:
    """The draft counts from its first day; the version in force before it ends there, in the same transaction.

    The first day may lie in locked months: they keep the rule set of their run, and a difference run tells what the
    new one changes. Versions that begin on the same day or later and meet its time are replaced: in force no more.
    `replaces` are the uids of those that the person was told of: where others are published by now, nothing is done.
    Raises NotFound, NotADraft, and CannotPublish with all reasons.
    """
    allowed(actor, PUBLISH)
    take_turns("rules.publishing")
    stored = locked_draft(uid)
    reasons = reasons_against_publishing(stored)
    if reasons:
        raise CannotPublish(reasons)
    meeting = overtaken_by(stored)
    if replaces is not None and {str(overtaken.uid) for overtaken in meeting} != set(replaces):
        raise CannotPublish((_("Aturan lain untuk masa yang sama baru saja diterbitkan. Muat ulang halaman ini."),))
    for overtaken in meeting:
        overtaken.state = StoredRuleSet.State.REPLACED
        overtaken.save(update_fields=["state"])
        record(REPLACED, actor=actor, subject=overtaken, after={"by": stored.uid, "valid_from": stored.valid_from})
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
    allowed(actor, EDIT)
    stored = locked_draft(uid)
    stored.state = StoredRuleSet.State.DISCARDED
    stored.save(update_fields=["state"])
    record(DISCARDED, actor=actor, subject=stored)
    return stored


def reasons_against_publishing(stored: StoredRuleSet) -> tuple[str, ...]:
    """Why the draft cannot be published yet, one sentence each; empty when it can."""
    rule_set = loaded(stored)
    reasons = [
        *_about_regulation(stored, rule_set),
        *_about_examples(rule_set),
        *_about_rounding(rule_set),
        *_about_tables(stored, rule_set),
    ]
    signers = stored.standing_signatures().values("signed_by").distinct().count()
    if signers < SIGNATURES_NEEDED:
        reasons.append(
            _("Perlu tanda tangan %(needed)d orang; baru %(signers)d.")
            % {"needed": SIGNATURES_NEEDED, "signers": signers}
        )
    return (*reasons, *publishing.reasons(stored))


def overtaken_by(stored: StoredRuleSet) -> list[StoredRuleSet]:
    """The published versions that begin on this one's first day or later and meet its time: it takes their place."""
    meeting = StoredRuleSet.objects.published().filter(period__overlap=stored.period)
    return list(meeting.exclude(period__startswith__lt=stored.valid_from).order_by("period"))


def _about_regulation(stored: StoredRuleSet, rule_set: RuleSet) -> list[str]:
    reasons = []
    if rule_set.regulation.date is None:
        reasons.append(_("Nomor dan tanggal peraturan belum diisi."))
    if stored.regulation_file is None:
        reasons.append(_("Naskah peraturan (PDF) belum dilampirkan."))
    return reasons


def _about_examples(rule_set: RuleSet) -> list[str]:
    if not rule_set.examples:
        return [_("Aturan belum memiliki contoh perhitungan.")]
    failing = [result.name for result in run_examples(rule_set) if result.differences]
    return [_("Contoh “%(name)s” belum memberi hasil yang benar.") % {"name": name} for name in failing]


def _about_rounding(rule_set: RuleSet) -> list[str]:
    names = {"pagu": _("pagu"), "gross": _("bruto"), "deduction": _("potongan"), "net": _("bersih")}
    left = [names[name] for name in totals_left_unrounded(rule_set)]
    if not left:
        return []
    words = _("Belum dibulatkan: %(figures)s. Yang dibayarkan paling halus dua desimal, jadi pilih cara pembulatannya.")
    return [words % {"figures": ", ".join(left)}]


def _about_tables(stored: StoredRuleSet, rule_set: RuleSet) -> list[str]:
    reasons = []
    for used in tables_used(rule_set, stored.valid_from):
        if not used.is_confirmed:
            words = _("Tabel nasional “%(table)s” belum dikonfirmasi daerah ini.")
            reasons.append(words % {"table": used.table.label})
        if used.newer is not None:
            words = _("Tabel nasional “%(table)s” sudah digantikan mulai %(start)s; pakai yang baru.")
            reasons.append(words % {"table": used.table.label, "start": day_words(used.newer.valid_from)})
    return reasons


def _predecessor(stored: StoredRuleSet) -> StoredRuleSet | None:
    """The published version that is in force on the new one's first day and began before it."""
    return (
        StoredRuleSet.objects.published()
        .filter(period__contains=stored.valid_from, period__startswith__lt=stored.valid_from)
        .first()
    )
