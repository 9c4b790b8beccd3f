"""One sentence in Bahasa Indonesia for a calculation that could not be made."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .deduction_nodes import YEARLY_TAX
from .errors import (
    EvaluationError,
    FactsError,
    MissingFact,
    NetBelowZero,
    NoRuleFor,
    NotInForce,
    RelatedFailed,
    TooManyDigits,
)
from .facts import FACT_TITLES, MEASURE_PREFIX
from .records import STOP_TITLES

_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **FACT_TITLES,
        "kelas": "kelas jabatan",
        "status": "status kepegawaian",
        "golongan": "golongan",
        "predikat": "predikat SKP",
        "position_category": "kategori jabatan",
        "counts": "kode kejadian",
        "document": "kode dokumen",
        "ceremony": "kode kegiatan",
        "acting": "jabatan Plt/Plh",
        "penalties": "tingkat hukuman disiplin",
        "deductions": "kode potongan",
        "measures": "kode ukuran",
        "related": "nilai dari atasan atau bawahan",
        "ptkp": "status PTKP",
        "income": "penghasilan sebulan",
        "salary_tax": "pajak yang sudah dipotong dari gaji",
        "year_income": "penghasilan setahun selain TPP bulan ini",
        "stops": "masa berhenti dari tugas:",
        "stop_working_days": "hari kerja di dalam masa berhenti",
        "counted_until": "masa hitung sebagian bulan",
        "consents": "persetujuan potongan",
        "special": "pembayaran",
        "service_months": "masa kerja",
        "base_pay": "TPP bulan dasar",
        "base_month": "bulan dasar",
        "month": "bulan",
        "adjustments": "jumlah menurut keputusan",
        YEARLY_TAX: f"pajak setahun (potongan {YEARLY_TAX})",
    }
)

_VALUES: Final[Mapping[str, str]] = MappingProxyType({**STOP_TITLES, "thr": "THR", "thirteenth": "bulan ke-13"})


def explain(error: EvaluationError | FactsError) -> str:
    """What is wrong and with which value, for the person who corrects it."""
    match error:
        case FactsError():
            return (
                f"Fakta {error.fact} tidak benar: {error.reason}."
                if error.fact
                else f"Fakta tidak benar: {error.reason}."
            )
        case MissingFact():
            return f"Belum ada {_title(error.fact)}, diperlukan oleh aturan {error.node_id}."
        case NoRuleFor():
            place = f" pada {error.node_id}" if error.node_id else ""
            return f"Aturan tidak mengatur {_title(error.fact)} {_VALUES.get(error.value, error.value)}{place}."
        case RelatedFailed():
            cause = error.cause
            why = explain(cause) if isinstance(cause, EvaluationError | FactsError) else "Data orang itu belum lengkap."
            return f"Nilai atasan atau bawahan untuk aturan {error.node_id} belum dapat dihitung. Pada orang itu: {why}"
        case TooManyDigits():
            return "Angka pada fakta terlalu rinci untuk dihitung dengan tepat; kurangi angka di belakang koma."
        case NotInForce():
            return f"Aturan {error.code} tidak berlaku pada bulan {error.month}."
        case NetBelowZero():
            return f"Potongan lebih besar dari TPP: hasil bersih {error.net}."
        case _:
            return "Perhitungan tidak dapat dibuat."


def _title(fact: str) -> str:
    code = fact.removeprefix(MEASURE_PREFIX)
    return _TITLES.get(fact, fact) if code == fact else f"ukuran {code}"
