"""Why a closed month gives something else, in words for the person and the auditor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from kernel.date_words import day_words
from tenants.arrears.models import DifferenceSlip
from tenants.attendance.models import DayResult
from tenants.rules.engine import FACT_TITLES, RuleSet, event_codes
from tenants.rules.loading import loaded


def reasons_of(slip: DifferenceSlip) -> list[str]:
    """One sentence for each reason, rules first."""
    sentences = []
    if slip.is_rapel:
        former = slip.base.run.rule_set if slip.former_id is None else slip.former.rule_set  # type: ignore[union-attr]
        sentences.append(
            _("Aturan untuk bulan ini berubah: dulu %(former)s, sekarang %(now)s.")
            % {"former": former, "now": slip.rule_set}
        )
    rules = loaded(slip.rule_set)
    sentences += [_sentence(reason, rules) for reason in slip.reasons]
    if slip.is_decided:
        sentences.append(_("Ada jumlah yang diputuskan untuk bulan ini; lihat baris keputusan."))
    return sentences


def _sentence(reason: Mapping[str, str], rules: RuleSet) -> str:
    fact = reason["fact"]
    if fact == "slip":
        return _("Saat bulan ini dikunci pegawai belum dapat dihitung, jadi belum ada slipnya.")
    if fact == "nominative":
        return _("Tidak masuk nominatif bulan itu: %(reason)s") % {"reason": reason["new"]}
    if fact == "days":
        words = {
            "date": day_words(date.fromisoformat(reason["date"])),
            "old": _day(reason["old"], rules),
            "new": _day(reason["new"], rules),
        }
        return _("Kehadiran %(date)s: %(old)s menjadi %(new)s.") % words
    words = {
        "fact": title_of(fact, rules),
        "old": reason["old"] or _("tidak ada"),
        "new": reason["new"] or _("tidak ada"),
    }
    return _("%(fact)s: %(old)s menjadi %(new)s.") % words


def _day(text: str, rules: RuleSet) -> str:
    """A presence or the codes of events, in words."""
    if text in DayResult.Presence.values:
        return str(DayResult.Presence(text).label).lower()
    codes = event_codes(rules)
    return ", ".join(codes[code].label if code in codes else code for code in text.split()) or _("tanpa catatan")


def title_of(fact: str, rules: RuleSet) -> str:
    """A fact's name in words, with a capital letter; measures have the region's own names."""
    name, _dot, key = fact.partition(".")
    if name == "base_pay":
        known_as = rules.criteria.get(key)
        title = _("%(criterion)s bulan dasar") % {"criterion": key if known_as is None else known_as.label}
    elif name == "measures":
        known = rules.measures.get(key)
        title = key if known is None else known.label
    else:
        titles: dict[str, str] = {
            **FACT_TITLES,
            "status": _("status kepegawaian"),
            "golongan": _("golongan"),
            "kelas": _("kelas jabatan"),
            "acting": _("jabatan yang dirangkap"),
            "predikat": _("predikat SKP"),
            "penalties": _("hukuman disiplin"),
            "ptkp": _("status PTKP"),
            "salary_tax": _("pajak gaji"),
            "stops": _("masa tidak bertugas"),
            "related": _("nilai atasan atau bawahan"),
            "base_month": _("bulan dasar"),
            "service_months": _("masa kerja dalam bulan"),
        }
        title = titles.get(name, name.replace("_", " "))
    return title[:1].upper() + title[1:]


def kinds_of(slip: DifferenceSlip) -> Iterable[str]:
    """What the difference is, for chips."""
    if slip.is_rapel:
        yield _("Rapel aturan")
    if slip.is_koreksi:
        yield _("Koreksi data")
    if slip.is_decided:
        yield _("Keputusan")
