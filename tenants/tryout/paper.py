"""A try-out on two pages of A4, set by Typst: what a Sekda decides from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

import typst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from kernel.date_words import month_words
from kernel.money import round_rupiah
from kernel.tenancy.context import current_region
from kernel.web.templatetags.kd import number, percent, rupiah, waktu
from tenants.tryout.models import TryOut
from tenants.tryout.summing import PersonSums, Summary, Sums

# So many OPDs find room on the second page beside the twenty people; those that change the most are shown.
MOST_OPDS = 60
MOST_CLASSES = 16


@lru_cache(maxsize=1)
def _template() -> bytes:
    return (files("tenants.tryout") / "paper.typ").read_bytes()


@override("id")
def summary_pdf(tryout: TryOut, summary: Summary, months: str) -> bytes:
    """Two pages as PDF bytes, in Bahasa Indonesia; the fonts are Typst's own, so every machine sets it alike."""
    made = tryout.finished_at
    return typst.compile(
        _template(),
        format="pdf",
        ignore_system_fonts=True,
        timestamp=None if made is None else made.replace(microsecond=0),
        sys_inputs={"paper": json.dumps(_content(tryout, summary, months), ensure_ascii=False)},
    )


def _content(tryout: TryOut, summary: Summary, months: str) -> dict[str, Any]:
    opds = sorted(summary.opds, key=lambda row: (-abs(row.sums.difference), row.code))[:MOST_OPDS]
    return {
        "region": current_region().name,
        "title": _("Uji coba aturan TPP"),
        "what": f"{tryout.title}. {months}.",
        "mark": _("Uji coba: bukan dasar pembayaran."),
        "figures": [
            (_("Bersih lama"), rupiah(summary.sums.old)),
            (_("Bersih baru"), rupiah(summary.sums.new)),
            (_("Selisih"), _difference(summary.sums)),
        ],
        "heads": [
            (_("Naik"), number(summary.heads.gain)),
            (_("Turun"), number(summary.heads.loss)),
            (_("Tetap"), number(summary.heads.same)),
            (_("Tidak dapat dihitung"), number(summary.heads.error)),
        ],
        "months": _table(
            _("Per bulan"),
            (_("Bulan"), _("Lama"), _("Baru"), _("Selisih"), _("Naik"), _("Turun")),
            [
                (month_words(month.month), *_three(month.sums), number(month.heads.gain), number(month.heads.loss))
                for month in summary.months
            ],
        ),
        "nodes": _table(
            _("Ketentuan yang paling mengubah"),
            (_("Ketentuan"), _("Selisih")),
            [(_short(node.label, 90), _rupiah(node.sums.difference)) for node in summary.nodes[:8]],
        ),
        "classes": _table(
            _("Rata-rata per kelas"),
            (_("Kelas"), _("Pegawai"), _("Lama"), _("Baru"), _("Selisih")),
            [
                ("–" if row.kelas is None else str(row.kelas), number(row.people), *_three(row.sums))
                for row in summary.classes[:MOST_CLASSES]
            ],
        ),
        "opds": _table(
            _("Per OPD"),
            (_("OPD"), _("Selisih")),
            [(_short(row.name, 44), _rupiah(row.sums.difference)) for row in sorted(opds, key=lambda row: row.code)],
        ),
        "opds_left": _left(len(summary.opds) - len(opds)),
        "gains": _people(_("Sepuluh kenaikan terbesar"), summary.gains),
        "losses": _people(_("Sepuluh penurunan terbesar"), summary.losses),
        "notes": _notes(summary),
        "foot": _("Sidik naskah %(digest)s, selesai %(at)s")
        % {
            "digest": tryout.digest[:16],
            "at": waktu(tryout.finished_at),
        },
    }


def _notes(summary: Summary) -> list[str]:
    notes = []
    if summary.error_rows:
        words = {"count": number(summary.error_rows), "net": rupiah(summary.error_net)}
        notes.append(
            _("%(count)s baris tidak dapat dihitung; bersih lamanya %(net)s tidak masuk jumlah di atas.") % words
        )
        notes += [f"{number(reason.count)} × {_short(reason.words, 160)}" for reason in summary.reasons[:3]]
    if summary.without_facts:
        notes.append(
            _("%(count)s pegawai tidak punya fakta beku pada bulan itu dan tidak ikut.")
            % {"count": number(summary.without_facts)}
        )
    if summary.practice:
        notes.append(_("Termasuk %(count)s slip latihan.") % {"count": number(summary.practice)})
    return [*notes, *summary.unseen[:4]]


def _short(text: str, most: int) -> str:
    """One line of the paper; the sheet has all of it."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _left(count: int) -> str:
    if count <= 0:
        return ""
    return ngettext("%(count)s OPD lain di lembar XLSX.", "%(count)s OPD lain di lembar XLSX.", count) % {
        "count": number(count)
    }


def _people(title: str, people: Sequence[PersonSums]) -> dict[str, Any]:
    rows = [(_short(row.name, 24), _short(row.opd, 24), _rupiah(row.sums.difference)) for row in people]
    return _table(title, (_("Nama"), _("OPD"), _("Selisih")), rows)


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {"title": title, "heads": list(heads), "rows": [list(row) for row in rows]}


def _three(sums: Sums) -> tuple[str, str, str]:
    return _rupiah(sums.old), _rupiah(sums.new), _rupiah(sums.difference)


def _rupiah(value: Decimal) -> str:
    return rupiah(round_rupiah(value))


def _difference(sums: Sums) -> str:
    share = sums.share
    return _rupiah(sums.difference) + ("" if share is None else f" ({percent(share)})")
