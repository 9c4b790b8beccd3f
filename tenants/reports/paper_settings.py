"""Setting letterhead, numbers and signers, each change in the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotAllowed, NotFound
from kernel.files.access import reader
from kernel.files.actions import store_file
from kernel.files.models import StoredFile
from kernel.permissions import opd_scope, require, user_may
from tenants.organisation.models import Unit
from tenants.reports.errors import SettingsRefused
from tenants.reports.models import PaperSettings, Signer
from tenants.reports.papers.numbering import checked_pattern
from tenants.reports.permissions import PAPER_SETTINGS

LOGO: Final = "reports.logo"
LOGO_TYPES: Final = frozenset({"image/png", "image/jpeg"})
LOGO_MAX_BYTES: Final = 512 * 1024

DRESSED = declare_action("papers.letterhead_set", "Kop dokumen diatur")
NUMBERED = declare_action("papers.numbers_set", "Format nomor dokumen diatur")
APPOINTED = declare_action("papers.signer_set", "Penanda tangan dokumen diatur")
ENDED = declare_action("papers.signer_ended", "Penanda tangan dokumen diakhiri")


@dataclass(frozen=True, slots=True)
class LetterheadInput:
    """What is printed at the head; what is empty comes from the OPD, then from the region."""

    government: str = ""
    office: str = ""
    address: str = ""
    place: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True)
class SignerInput:
    """Who signs in a role from a day on."""

    role: int
    name: str
    nip: str
    rank: str
    title: str
    first: date


@reader(LOGO)
def may_read_logo(user: User, stored: StoredFile) -> bool:
    """Everybody who sets papers: it is printed on all of them."""
    return user_may(user, PAPER_SETTINGS)


def _require(actor: User, unit: Unit | None) -> None:
    if unit is None:
        if opd_scope(actor, PAPER_SETTINGS) is not None:
            raise NotAllowed(PAPER_SETTINGS)
        return
    require(actor, PAPER_SETTINGS, opd=(unit.opd or unit).uid)


def _row(unit: Unit | None) -> PaperSettings:
    """The unit's row, locked; made when there is none."""
    rows = PaperSettings.objects.select_for_update(of=("self",))
    found = rows.filter(unit=unit).first()
    if found is not None:
        return found
    PaperSettings.objects.bulk_create([PaperSettings(unit=unit)], ignore_conflicts=True)
    return rows.get(unit=unit)


@transaction.atomic
def set_letterhead(
    *, unit: Unit | None, letterhead: LetterheadInput, logo: File[bytes] | None, drop_logo: bool = False, actor: User
) -> PaperSettings:
    """Set what the unit's papers (None: the region's) show at their head. Raises NotAllowed, FileRefused."""
    _require(actor, unit)
    row = _row(unit)
    before = {name: getattr(row, name) for name in asdict(letterhead)}
    for name, value in asdict(letterhead).items():
        setattr(row, name, value.strip())
    if logo is not None:
        row.logo = store_file(upload=logo, purpose=LOGO, owner=actor, allowed=LOGO_TYPES, max_bytes=LOGO_MAX_BYTES)
    elif drop_logo:
        row.logo = None
    row.save()
    after = {**asdict(letterhead), "logo": row.logo and row.logo.sha256}
    record(DRESSED, actor=actor, subject=unit, before=before, after=after)
    return row


@transaction.atomic
def set_patterns(*, unit: Unit | None, patterns: Mapping[str, str], actor: User) -> PaperSettings:
    """Set the number pattern of papers by their code, of all others under "". Raises NotAllowed, SettingsRefused."""
    _require(actor, unit)
    row = _row(unit)
    checked = {code: pattern for code, text in patterns.items() if (pattern := checked_pattern(text))}
    record(NUMBERED, actor=actor, subject=unit, before=row.number_patterns, after=checked)
    row.number_patterns = checked
    row.save(update_fields=["number_patterns"])
    return row


@transaction.atomic
def appoint_signer(*, unit: Unit | None, signer: SignerInput, actor: User) -> Signer:
    """Let somebody sign in a role from a day on, up to the next who is recorded already; who signed until then ends.

    Raises NotAllowed.
    """
    _require(actor, unit)
    _row(unit)
    same = Signer.objects.filter(unit=unit, role=signer.role)
    begun = same.filter(period__startswith=signer.first).first()
    values: dict[str, Any] = {
        "name": signer.name.strip(),
        "nip": signer.nip.strip(),
        "rank": signer.rank.strip(),
        "title": signer.title.strip(),
        "recorded_by": actor,
    }
    if begun is not None:
        for name, value in values.items():
            setattr(begun, name, value)
        begun.save(update_fields=list(values))
        found = begun
    else:
        current = same.filter(period__contains=signer.first).first()
        later = same.filter(period__startswith__gt=signer.first).order_by("period").first()
        if current is not None:
            period: Any = current.period
            current.period = DateRange(period.lower, signer.first)
            current.save(update_fields=["period"])
        upper = None if later is None else later.period.lower
        found = Signer.objects.create(unit=unit, role=signer.role, period=DateRange(signer.first, upper), **values)
    record(APPOINTED, actor=actor, subject=found, after={**asdict(signer), "unit": unit and unit.uid})
    return found


@transaction.atomic
def end_signer(*, uid: UUID, end: date, actor: User) -> None:
    """Let nobody sign in that role from a day on. Raises NotFound, NotAllowed, SettingsRefused."""
    signer = Signer.objects.select_related("unit__opd").filter(uid=uid).first()
    if signer is None:
        raise NotFound("signer")
    _require(actor, signer.unit)
    # Held by whoever appoints too: a follower who was appointed meanwhile has shortened these days.
    _row(signer.unit)
    signer.refresh_from_db(fields=["period"])
    period: Any = signer.period
    if period.lower >= end:
        raise SettingsRefused("ends_before_it_begins")
    if period.upper is None or end < period.upper:
        signer.period = DateRange(period.lower, end)
        signer.save(update_fields=["period"])
        record(ENDED, actor=actor, subject=signer, after={"end": end})
