"""A slip as PDF: the same steps as the page, set by Typst."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any

import typst
from django.utils.translation import gettext as _
from django.utils.translation import override

from kernel.date_words import month_words
from kernel.papers.blocks import Seal
from kernel.papers.pdf import seal_words
from kernel.tenancy.context import current_region
from kernel.web.templatetags.kd import menit, rupiah, tanggal_pendek
from tenants.tpp.explaining import Day, ReadableLine, Step
from tenants.tpp.models import Slip
from tenants.tpp.views import slip_steps


@lru_cache(maxsize=1)
def _template() -> bytes:
    return (files("tenants.reports.papers") / "slip.typ").read_bytes()


@override("id")
def slip_pdf(slip: Slip, *, is_locked: bool, seal: Seal | None = None, has_tags: bool = True) -> bytes:
    """The slip as PDF bytes, in Bahasa Indonesia; the fonts are Typst's own, so every machine sets it alike.

    `has_tags`: with the structure that a reader reads aloud; a bulk for printing is half as large without.
    """
    made = slip.run.finished_at
    return typst.compile(
        _template(),
        format="pdf",
        ignore_system_fonts=True,
        # The run's instant, not the present one: the same slip is the same file.
        timestamp=None if made is None else made.replace(microsecond=0),
        sys_inputs={"slip": json.dumps(_content(slip, is_locked, seal), ensure_ascii=False)},
        pdf_tags=has_tags,
    )


def _content(slip: Slip, is_locked: bool, seal: Seal | None) -> dict[str, Any]:
    heading = slip.heading
    totals = [
        (_("Pagu"), rupiah(slip.pagu)),
        (_("TPP bruto"), rupiah(slip.gross)),
        (_("Pajak"), rupiah(-slip.tax)),
        (_("Iuran"), rupiah(-slip.contributions)),
    ]
    if slip.other_deductions:
        totals.append((_("Potongan lain"), rupiah(-slip.other_deductions)))
    if slip.rounding:
        totals.append((_("Pembulatan"), rupiah(slip.rounding)))
    return {
        "region": current_region().name,
        "office": heading["opd"],
        "title": _("Slip TPP %(month)s") % {"month": month_words(slip.run.month)},
        "stamp": _("LATIHAN") if slip.is_practice else "",
        "mark": "\n".join(_marks(slip, is_locked)),
        "person": [
            (_("Nama"), heading["name"]),
            (_("NIP"), heading["nip"]),
            (_("Status, golongan"), f"{heading['status']} {heading['golongan']}".strip()),
            (_("Jabatan"), heading["position"]),
            (_("Kelas jabatan"), str(heading["kelas"])),
            (_("Unit"), heading["unit"]),
        ],
        "totals": totals,
        "net": (_("TPP bersih"), rupiah(slip.net)),
        "steps": [_step(place, step) for place, step in enumerate(_said(slip), 1)],
        "digest": slip.digest,
        "words": {"digest": _("Sidik slip"), "check": _("Periksa keaslian di"), "code": _("Kode")},
        "seal": seal_words(seal),
    }


def _marks(slip: Slip, is_locked: bool) -> Iterable[str]:
    if slip.is_practice:
        yield _("LATIHAN: slip ini tidak dibayar.")
    for reason in slip.hold_reasons:
        yield _("Ditahan: %(reason)s") % {"reason": reason}
    if not is_locked:
        yield _("SEMENTARA: bulan ini belum dikunci.")


def _said(slip: Slip) -> list[Step]:
    return [step for step in slip_steps(slip) if not step.is_empty]


def _step(place: int, step: Step) -> dict[str, Any]:
    return {
        "title": f"{place}. {step.title}",
        "lines": [_line(line) for line in step.lines],
        "facts": list(step.facts),
    }


def _line(line: ReadableLine) -> dict[str, str]:
    return {
        "label": line.label,
        "shown": line.shown,
        "clause": line.clause_text,
        "reference": line.clause_reference,
        "days": _days(line.days),
        "details": "; ".join(f"{label}: {value}" for label, value in line.details),
    }


def _days(days: Iterable[Day]) -> str:
    return ", ".join(
        tanggal_pendek(day.date) + (f" ({menit(day.minutes)})" if day.minutes is not None else "") for day in days
    )
