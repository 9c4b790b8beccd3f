"""Whether the audit log still says what it said when it was sealed; the first entry that does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kernel import clock
from kernel.audit import keys, witness
from kernel.audit.leaves import COLUMNS, HINT_BYTES, index_of, leaf, root_and_index
from kernel.audit.models import AuditCheck, AuditEvent, AuditSeal
from kernel.audit.sealing import FIRST_PREVIOUS
from kernel.tenancy.context import scope_label


class Kind(StrEnum):
    """What is broken."""

    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"
    SEAL_CHANGED = "seal_changed"
    SEAL_FORGED = "seal_forged"
    SEAL_MISSING = "seal_missing"


@dataclass(frozen=True, slots=True)
class Break:
    """The first thing that does not hold: an entry (by id) of a seal, or the seal itself (`entry` None)."""

    kind: Kind
    seal: int
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Seals and entries that were looked at, entries behind the last seal, and what is broken (None: nothing)."""

    seals: int
    entries: int
    unsealed: int
    broken: Break | None


def verify(*, newest: int | None = None) -> Verdict:
    """Look at every seal of the open side and at each entry under it, or at the `newest` so many seals only.

    Keeps the outcome for the page (`AuditCheck`). Reads one seal's entries at a time.
    """
    seals = AuditSeal.objects.order_by("number")
    first = 1
    if newest is not None:
        last = AuditSeal.objects.order_by("-number").values_list("number", flat=True).first() or 0
        first = max(1, last - newest + 1)
        seals = seals.filter(number__gte=first)
    trusted = keys.trusted_keys()
    broken = None
    looked = entries = 0
    for previous, seal in _with_previous(seals.iterator(chunk_size=20), first):
        broken = _broken(previous, seal, trusted, looked + first)
        if broken is not None:
            break
        looked += 1
        entries += seal.entries
    broken = broken or _missing_at_the_end()
    end = AuditSeal.objects.order_by("-number").values_list("up_to_id", flat=True).first() or 0
    verdict = Verdict(looked, entries, AuditEvent.objects.filter(id__gt=end).count(), broken)
    _keep(verdict, is_whole=first == 1)
    return verdict


def _with_previous(seals: Iterator[AuditSeal], first: int) -> Iterator[tuple[AuditSeal | None, AuditSeal]]:
    before = AuditSeal.objects.filter(number=first - 1).first()

    def chain() -> Iterator[AuditSeal | None]:
        yield before
        yield from seals

    for previous, seal in pairwise(chain()):
        if seal is not None:
            yield previous, seal


def _broken(
    previous: AuditSeal | None, seal: AuditSeal, trusted: Mapping[str, Ed25519PublicKey], expected: int
) -> Break | None:
    if seal.number != expected:
        return Break(Kind.SEAL_MISSING, expected)
    if seal.number > 1 and previous is None:
        return Break(Kind.SEAL_MISSING, seal.number - 1)
    digest = FIRST_PREVIOUS if previous is None else previous.digest
    after = 0 if previous is None else previous.up_to_id
    if seal.digest != seal.computed_digest() or seal.previous != digest or seal.after_id != after:
        return Break(Kind.SEAL_CHANGED, seal.number)
    key = trusted.get(seal.key_name)
    if seal.side != scope_label() or key is None or not keys.signs(key, seal.signature, bytes.fromhex(seal.digest)):
        return Break(Kind.SEAL_FORGED, seal.number)
    rows = AuditEvent.objects.filter(id__gt=seal.after_id, id__lte=seal.up_to_id).order_by("id").values_list(*COLUMNS)
    found = list(rows)
    root, _ = root_and_index(found)
    return None if root == seal.root else _first_difference(seal, {row[0]: leaf(row) for row in found})


def _first_difference(seal: AuditSeal, found: Mapping[int, bytes]) -> Break:
    known = index_of(bytes(seal.index))
    for entry in sorted(known.keys() | found.keys()):
        if entry not in found:
            return Break(Kind.MISSING, seal.number, entry)
        if entry not in known:
            return Break(Kind.ADDED, seal.number, entry)
        if found[entry][:HINT_BYTES] != known[entry]:
            return Break(Kind.CHANGED, seal.number, entry)
    return Break(Kind.SEAL_CHANGED, seal.number)


def _missing_at_the_end() -> Break | None:
    """Seals that were told outside and are not there, or are others."""
    told = dict(witness.told(scope_label()))
    standing = dict(AuditSeal.objects.filter(number__in=told).values_list("number", "digest"))
    for number, digest in sorted(told.items()):
        if number not in standing:
            return Break(Kind.SEAL_MISSING, number)
        if standing[number] != digest:
            return Break(Kind.SEAL_FORGED, number)
    return None


def _keep(verdict: Verdict, *, is_whole: bool) -> None:
    broken = verdict.broken
    AuditCheck.objects.update_or_create(
        is_whole=is_whole,
        defaults={
            "at": clock.now(),
            "seals": verdict.seals,
            "entries": verdict.entries,
            "broken": "" if broken is None else broken.kind.value,
            "broken_seal": None if broken is None else broken.seal,
            "broken_entry": None if broken is None else broken.entry,
        },
    )
