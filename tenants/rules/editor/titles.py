"""What the fields, choices and kinds of a rule set are called, in one place: forms, comparison and messages read it.

A field is named by its model and name (`EventTier.bands`), or for every model that has it (`*.points`). Where neither
is known `field` raises, and a test walks every model: a new field of the engine must be named here first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from tenants.rules.engine import FACT_TITLES, STOP_TITLES, Node

_KEY: Final = _("Untuk")
_VALUE: Final = _("Nilai")


@dataclass(frozen=True, slots=True)
class Words:
    """`source` names the list that a value is picked from (see `choosing`); `key` and `value` head a table of pairs."""

    title: Any
    help: Any = ""
    unit: Any = ""
    source: str = ""
    key: Any = _KEY
    value: Any = _VALUE
    key_source: str = ""
    is_long: bool = False


class UnnamedField(LookupError):
    """A field of a rule set that has no words yet."""


_CATEGORY_HELP: Final = _("Pisahkan dengan koma. “semua” berlaku untuk semua.")
_TABLE_HELP: Final = _("Menggantikan angka sendiri. Dari beberapa tabel berlaku yang terbaru pada bulan itu.")
_LIST_HELP: Final = _("Pisahkan dengan koma.")

FIELDS: Final[Mapping[str, Words]] = {
    # every node
    "*.label": Words(_("Nama ketentuan")),
    "*.clause": Words(_("Ketentuan dalam peraturan")),
    "Clause.text": Words(_("Bunyi ketentuan"), _("Salin atau ringkas dari naskah peraturan."), is_long=True),
    "Clause.reference": Words(_("Dasar hukum"), _("Nomor peraturan, pasal dan ayat.")),
    "*.assumption": Words(
        _("Tafsiran"), _("Bila naskah tidak jelas: bagaimana dibaca di sini. Ditandai pada daftar."), is_long=True
    ),
    # one rule set
    "RuleSet.title": Words(_("Nama aturan")),
    "RuleSet.regulation": Words(_("Peraturan")),
    "RuleSet.source": Words(_("Sumber"), _("Dari mana angka-angkanya diambil."), is_long=True),
    "RuleSet.criteria": Words(_("Kriteria TPP"), _("Misalnya BK, PK, KK."), key=_("Singkatan"), value=_("Kriteria")),
    "RuleSet.measures": Words(
        _("Ukuran bulanan"),
        _("Angka yang dicatat daerah tiap bulan dan boleh dibaca ketentuan, misalnya serapan anggaran."),
        key=_("Kode"),
    ),
    "RuleSet.rounding": Words(_("Pembulatan")),
    "Regulation.number": Words(_("Nomor peraturan"), _("Misalnya Perwali Nomor 12 Tahun 2026.")),
    "Regulation.title": Words(_("Tentang")),
    "Regulation.date": Words(_("Tanggal peraturan"), _("Wajib ada sebelum terbit.")),
    "CriterionTitle.label": Words(_("Nama pada slip")),
    "CriterionTitle.account": Words(_("Kode rekening")),
    "MeasureTitle.label": Words(_("Nama ukuran")),
    "MeasureTitle.unit_label": Words(_("Satuan"), _("Misalnya persen atau dokumen.")),
    "MeasureTitle.per": Words(_("Dicatat untuk")),
    "MeasureTitle.spread": Words(_("Angka unit berlaku bagi")),
    "MeasureTitle.missing": Words(_("Bila tidak dicatat"), _("Kosong: perhitungan orang itu menunggu angkanya.")),
    "Rounding.pagu": Words(_("Pagu")),
    "Rounding.criterion": Words(_("Tiap kriteria")),
    "Rounding.gross": Words(_("TPP bruto")),
    "Rounding.deduction": Words(_("Pajak, iuran dan potongan")),
    "Rounding.net": Words(_("TPP bersih")),
    "Rounding.carry": Words(_("Langkah berikutnya memakai")),
    # 1 class amounts
    "ClassAmounts.mode": Words(_("Isi tabel")),
    "ClassAmounts.reference_day": Words(_("Jabatan dibaca pada")),
    "ClassAmounts.amounts": Words(_("Besaran rupiah per kelas")),
    "ClassAmounts.criteria": Words(_("Persen tiap kriteria")),
    "AmountRow.values": Words(_("Besaran"), key=_("Kelas"), value=_("Rupiah sebulan"), unit="Rp"),
    "CriteriaRow.percent": Words(_("Persen"), key=_("Kriteria"), value=_("Persen"), key_source="criterion"),
    "*.position_categories": Words(_("Kategori jabatan"), _CATEGORY_HELP),
    "*.unit_categories": Words(_("Kategori unit"), _CATEGORY_HELP),
    # 2 parts
    "PartWeight.weight": Words(_("Bobot")),
    "PartWeight.mode": Words(_("Cara bayar")),
    "PartWeight.criteria": Words(_("Kriteria"), source="criterion"),
    "PartWeight.rounding": Words(_("Pembulatan nilai")),
    "PartWeight.alternates": Words(_("Bobot lain"), _("Yang pertama terpenuhi menggantikan bobot utama.")),
    "AlternateWeight.weight": Words(_("Bobot menjadi")),
    # 3 deduction score
    "DeductionScore.start": Words(_("Nilai awal")),
    "DeductionScore.floor": Words(_("Nilai terendah")),
    "DeductionScore.cap_points": Words(_("Pengurangan paling banyak")),
    "DeductionScore.zero_if_over": Words(_("Nilai menjadi 0 bila pengurangan melebihi")),
    # 4 ratio
    "RatioScore.numerator": Words(_("Yang dicapai"), source="fact"),
    "RatioScore.denominator": Words(_("Dibagi fakta"), _("Isi ini, atau angka pembagi."), source="fact"),
    "RatioScore.out_of": Words(_("Atau dibagi angka")),
    "RatioScore.cap": Words(_("Paling tinggi")),
    "RatioScore.rounding": Words(_("Pembulatan nilai")),
    # 5 threshold
    "ThresholdScore.target": Words(_("Target")),
    "ThresholdScore.target_fact": Words(_("Atau target menurut fakta"), source="fact"),
    "ThresholdScore.month_targets": Words(
        _("Target bulan tertentu"), key=_("Bulan"), value=_("Target"), key_source="month"
    ),
    "ThresholdScore.score": Words(_("Nilai bila tercapai")),
    # 6, 8 bands
    "*.step": Words(_("Selisih terkecil"), _("Beda terkecil antara dua nilai, misalnya 1 atau 0,01.")),
    "*.maximum": Words(_("Nilai tertinggi yang mungkin")),
    "*.bands": Words(_("Rentang")),
    "ScoreBand.from_value": Words(_("Dari")),
    "ScoreBand.to_value": Words(_("Sampai"), _("Kosong pada rentang terakhir.")),
    "ScoreBand.score": Words(_("Nilai")),
    "ScoreBand.proportional": Words(_("Sebanding")),
    # 7 predikat
    "PredikatMap.values": Words(_("Nilai tiap predikat"), key=_("Predikat"), value=_("Nilai")),
    "PredikatMap.none": Words(_("Nilai tanpa predikat"), _("Kosong: perhitungan orang itu menunggu predikatnya.")),
    # 9 event tier
    "EventTier.event": Words(_("Kejadian")),
    "EventTier.minutes_of": Words(_("Menit yang dijumlahkan"), _("Hanya untuk jumlah menit sebulan.")),
    "EventTier.tolerance_seconds": Words(
        _("Toleransi"), _("Detik sampai angka ini tidak memulai satu menit."), unit=_("detik")
    ),
    "EventTier.checkpoints": Words(_("Titik absen sehari")),
    "EventTier.bands": Words(_("Tingkat")),
    "TierBand.code": Words(_("Kode")),
    "TierBand.label": Words(_("Nama tingkat")),
    "TierBand.from_minute": Words(_("Dari menit")),
    "TierBand.to_minute": Words(_("Sampai menit"), _("Kosong pada tingkat terakhir.")),
    # 10 missing punch
    "MissingPunch.punch": Words(_("Absen yang tidak ada")),
    "MissingPunch.as_code": Words(_("Dihitung sebagai tingkat"), _("Isi satu cara saja."), source="code"),
    "MissingPunch.as_minutes": Words(_("Atau dihitung sebagai menit"), unit=_("menit")),
    "MissingPunch.code": Words(_("Atau kode sendiri")),
    "MissingPunch.points": Words(_("Poin kode sendiri")),
    # 11 absence day
    "AbsenceDay.trigger": Words(_("Terjadi karena")),
    "AbsenceDay.present": Words(_("Dihitung hadir")),
    "AbsenceDay.credit_minutes": Words(_("Menit kredit per hari"), unit=_("menit")),
    # 12 ceremony
    "Ceremony.points_by_category": Words(
        _("Poin kategori jabatan tertentu"), key=_("Kategori jabatan"), value=_("Poin")
    ),
    "Ceremony.exclude_unit_categories": Words(_("Tidak berlaku bagi kategori unit"), _LIST_HELP),
    "*.exclude_flags": Words(_("Tidak berlaku bagi tanda"), _LIST_HELP),
    "*.month_becomes_zero": Words(_("Bagian ini menjadi nol sebulan")),
    "*.count_bands": Words(_("Poin mulai kejadian ke-"), _("Menggantikan jumlah poin sebulan.")),
    "*.exclude_statuses": Words(_("Tidak berlaku bagi status"), _LIST_HELP),
    "*.exclude_position_categories": Words(_("Tidak berlaku bagi kategori jabatan"), _LIST_HELP),
    # 13 log
    "LogRule.entry_days_back": Words(_("Batas isi mundur"), unit=_("hari")),
    "LogRule.entry_days": Words(_("Hitungan hari")),
    "LogRule.overlap_allowed": Words(_("Waktu boleh bertumpuk")),
    "LogRule.auto_approve_after_days": Words(_("Batas waktu atasan memutuskan"), unit=_("hari")),
    "LogRule.after_deadline": Words(_("Bila atasan lewat batas")),
    "LogRule.absent_superior": Words(_("Bila atasan kosong, yang memutuskan")),
    "LogRule.missing_day_points": Words(_("Poin tiap hari tanpa laporan")),
    "LogRule.late_decision_points": Words(_("Poin tiap keputusan atasan yang terlambat")),
    "LogRule.late_days_back": Words(_("Masih boleh terlambat sampai"), unit=_("hari")),
    "LogRule.late_percent": Words(_("Laporan terlambat dihitung")),
    # 14 gate
    "Gate.stage": Words(_("Berlaku pada")),
    "Gate.fact": Words(_("Membaca fakta"), _("Isi satu ukuran saja."), source="fact"),
    "Gate.node": Words(_("Atau hasil ketentuan"), source="node"),
    "Gate.flag": Words(_("Atau tanda pada pegawai")),
    "Gate.codes": Words(_("Atau jumlah kejadian"), _LIST_HELP, source="code"),
    "Gate.when": Words(_("Keadaan"), _("Yang pertama terpenuhi berlaku.")),
    "Gate.action": Words(_("Akibat")),
    "Gate.released_by_two": Words(_("Dilepas oleh dua orang"), _("Untuk penahanan dan bulan yang belum dibuka.")),
    # 15 status
    "StatusFactor.rows": Words(_("Status")),
    "StatusRow.statuses": Words(_("Status kepegawaian"), _LIST_HELP),
    "StatusRow.criteria": Words(_("Hanya kriteria"), source="criterion"),
    "StatusRow.kelas_as": Words(_("Dibayar sebagai kelas")),
    "StatusRow.kelas_as_categories": Words(_("Untuk kategori jabatan"), _LIST_HELP),
    # 16 acting
    "ActingRule.max_posts": Words(_("Jabatan rangkap paling banyak")),
    "ActingRule.whole_month": Words(
        _("Hanya bila dirangkap sebulan penuh"), _("Plt atau Plh untuk beberapa hari tidak dibayar.")
    ),
    "ActingRule.cases": Words(_("Keadaan"), _("Yang pertama sesuai berlaku.")),
    "ActingCase.level": Words(_("Jabatan yang dirangkap")),
    "ActingCase.same_unit": Words(_("Unit yang sama")),
    "ActingCase.flag": Words(_("Dengan tanda")),
    "ActingCase.effect": Words(_("Akibat")),
    "ActingCase.scored": Words(_("Ikut dinilai")),
    # 17 penalty
    "Penalty.cuts": Words(_("Pengurangan"), key=_("Tingkat hukuman"), value=_("Pengurangan")),
    "Penalty.combine": Words(_("Bila lebih dari satu")),
    # 18 bonus
    "Bonus.reference_position_category": Words(_("Kategori jabatan acuan")),
    "*.reference_kelas": Words(_("Kelas acuan"), _("Kosong: kelas sendiri.")),
    "*.max_kelas": Words(_("Kelas paling tinggi yang dibaca")),
    "*.months": Words(_("Hanya bulan"), _("Kosong: setiap bulan."), source="month"),
    # 19 multiplier
    "Multiplier.stage": Words(_("Dikalikan")),
    "Multiplier.criteria": Words(_("Hanya kriteria"), source="criterion"),
    "Multiplier.rows": Words(_("Faktor"), _("Baris pertama yang sesuai berlaku; tanpa baris yang sesuai faktornya 1.")),
    # 20 deduction
    "Deduction.taken_from": Words(_("Dipotong dari")),
    "FinalByGolongan.national": Words(_("Tabel nasional"), _TABLE_HELP, source="table_golongan"),
    "TerTax.national": Words(_("Tabel nasional"), _TABLE_HELP, source="table_monthly"),
    "SharedCapContribution.national": Words(_("Tabel nasional"), _TABLE_HELP, source="table_contribution"),
    "TerTax.yearly": Words(
        _("Tabel pajak setahun"),
        _("PTKP, pasal 17 dan biaya jabatan: pajak bulan terakhir dihitung dari situ."),
        source="table_yearly",
    ),
    "FixedList.when_short": Words(_("Bila sisa TPP tidak cukup")),
    "ConsentPercent.code": Words(
        _("Kode persetujuan"), _("Misalnya ZAKAT: yang disetujui pegawai menggantikan persen ini.")
    ),
    "Deduction.column": Words(_("Masuk kolom")),
    "Deduction.rule": Words(_("Cara menghitung")),
    "*.mode": Words(_("Cara")),
    "FinalByGolongan.rates": Words(_("Tarif")),
    "GolonganRates.statuses": Words(_("Status kepegawaian"), _LIST_HELP),
    "GolonganRates.percent": Words(_("Tarif"), key=_("Golongan"), value=_("Persen")),
    "TerTax.categories": Words(_("Kategori TER"), key=_("Kategori"), value=_("Status PTKP")),
    "TerTax.tables": Words(_("Tabel TER"), key=_("Kategori"), value=_("Lapisan")),
    "TerTax.arrears": Words(_("Selisih bulan lalu dikenai pajak")),
    "TerBand.to_amount": Words(_("Bruto sampai"), _("Kosong pada lapisan terakhir.")),
    "SharedCapContribution.ceiling": Words(_("Batas atas gaji dan TPP")),
    "SharedCapContribution.round_each": Words(_("Dibulatkan masing-masing")),
    "SharedCapContribution.employer_percent": Words(_("Bagian pemberi kerja")),
    "FixedList.required": Words(_("Wajib ada bagi setiap orang")),
    "*.base": Words(_("Poin adalah persen dari")),
    "*.base_part": Words(_("Komponen lain itu"), _("Hanya bila memilih komponen lain."), source="part"),
    "*.of": Words(_("Dihitung atas")),
    "*.ceiling": Words(_("Batas atas")),
    # several kinds
    "*.code": Words(_("Kode"), _("Huruf besar dan angka, misalnya TL1.")),
    "*.codes": Words(_("Kode"), _LIST_HELP),
    "*.points": Words(_("Poin")),
    "*.percent": Words(_("Persen")),
    "*.factor": Words(_("Faktor"), _("1 berarti penuh, 0 berarti tidak dibayar.")),
    "*.flag": Words(_("Tanda pada pegawai")),
    "*.fact": Words(_("Membaca fakta"), source="fact"),
    "*.node": Words(_("Hasil ketentuan"), source="node"),
    "*.below": Words(_("Di bawah")),
    "*.at_least": Words(_("Paling sedikit")),
    "*.statuses": Words(_("Status kepegawaian"), _LIST_HELP),
    "*.score": Words(_("Nilai")),
    "*.criteria": Words(_("Hanya kriteria"), source="criterion"),
    "*.rounding": Words(_("Pembulatan")),
    "CountBand.from_count": Words(_("Mulai kejadian ke-")),
    # besides the twenty
    "RelatedScore.of": Words(_("Nilai dari")),
    "RelatedScore.node": Words(_("Ketentuan yang dibaca"), source="node"),
    "RelatedScore.aggregate": Words(_("Bila beberapa bawahan")),
    "RelatedScore.on_vacancy": Words(_("Bila tidak ada orangnya")),
    "RelatedScore.vacant_value": Words(_("Nilai tetap bila tidak ada")),
    "RelatedScore.on_cycle": Words(_("Bila saling merujuk"), _("Nilai bila rujukan kembali ke orang yang sama.")),
    "CalendarRule.days": Words(_("Hitungan hari")),
    "CalendarRule.opens_on_day": Words(_("Dibuka hari ke-"), _("Pada bulan berikutnya.")),
    "CalendarRule.entry_until_day": Words(_("Isian sampai hari ke-")),
    "CalendarRule.verification_until_day": Words(_("Verifikasi sampai hari ke-")),
    "CalendarRule.objection_until_day": Words(_("Keberatan sampai hari ke-")),
    "CalendarRule.locked_on_day": Words(_("Dikunci hari ke-")),
    "CalendarRule.paid_on_day": Words(_("Dibayar hari ke-")),
    "CalendarRule.december_until_day": Words(_("Desember dihitung sampai tanggal")),
    "CalendarRule.december_rest": Words(_("Hari Desember sesudah tanggal itu")),
    "ServiceStopRule.days": Words(_("Dibayar menurut")),
    "ServiceStopRule.rows": Words(
        _("Berhenti karena"), _("Yang pertama sesuai berlaku; hari di dalamnya dibayar faktornya.")
    ),
    "StopRow.kinds": Words(_("Jenis")),
    "StopRow.flag": Words(_("Hanya dengan tanda"), _("Kosong: bagi semua.")),
    "StopRow.at_start": Words(_("Bulan mulai")),
    "StopRow.at_return": Words(_("Bulan kembali bertugas")),
    "StopRow.factor": Words(_("Dibayar selama itu"), _("0 berarti tidak dibayar.")),
    "StopRow.steps": Words(_("Faktor mulai bulan ke-"), _("Bulan mulai adalah bulan ke-1.")),
    "StopStep.from_month": Words(_("Mulai bulan ke-")),
    "BudgetRule.stage": Words(_("Dikalikan")),
    "SpecialPay.pays": Words(_("Pembayaran")),
    "SpecialPay.base": Words(_("Dasar")),
    "SpecialPay.base_month": Words(_("Bulan dasar"), _("Kosong: bulan sebelum pembayaran."), source="month"),
    "SpecialPay.percent": Words(_("Dibayar")),
    "SpecialPay.statuses": Words(_("Hanya status"), _("Kosong: semua. Pisahkan dengan koma.")),
    "SpecialPay.unpaid_stops": Words(_("Tidak dibayar kepada yang")),
    "SpecialPay.full_after_months": Words(
        _("Penuh sesudah bekerja"), _("Kosong: tidak dilihat. Di bawahnya sebanding."), unit=_("bulan")
    ),
    "SpecialPay.least_months": Words(_("Bekerja paling sedikit"), unit=_("bulan")),
    "SpecialPay.months_for": Words(
        _("Masa kerja dilihat pada status"), _("Kosong: semua. Pisahkan dengan koma, misalnya PPPK.")
    ),
    "SpecialPay.rounding": Words(_("Pembulatan tiap kriteria"), _("Kosong: seperti TPP bulanan.")),
    "DocumentSet.documents": Words(_("Cetakan")),
    "DocumentSet.statuses_apart": Words(_("Status yang dicetak terpisah"), _LIST_HELP),
    "DocumentEntry.title": Words(_("Nama cetakan")),
    "DocumentEntry.per": Words(_("Satu untuk tiap")),
    "DocumentEntry.columns": Words(_("Kolom"), _LIST_HELP),
    "DocumentEntry.signers": Words(_("Penanda tangan"), _LIST_HELP),
    # facts of an example
    "MonthFacts.month": Words(_("Bulan"), _("Tahun dan bulan, misalnya 2026-03.")),
    "MonthFacts.working_days": Words(_("Hari kerja"), unit=_("hari")),
    "MonthFacts.status": Words(_("Status kepegawaian"), _("Misalnya PNS.")),
    "MonthFacts.golongan": Words(_("Golongan"), _("Misalnya III/b.")),
    "MonthFacts.kelas": Words(_("Kelas jabatan")),
    "MonthFacts.position_category": Words(_("Kategori jabatan")),
    "MonthFacts.unit_category": Words(_("Kategori unit")),
    "MonthFacts.acting": Words(_("Jabatan rangkap (Plt/Plh)")),
    "MonthFacts.counts": Words(_("Kejadian sebulan"), key=_("Kejadian"), value=_("Berapa kali"), key_source="code"),
    "MonthFacts.days": Words(_("Hari kejadian"), _("Boleh kosong; bila diisi, jumlahnya sama dengan kejadian.")),
    "MonthFacts.minutes_approved": Words(_("Menit aktivitas disetujui"), unit=_("menit")),
    "MonthFacts.credit_minutes": Words(_("Menit kredit dari keputusan"), unit=_("menit")),
    "MonthFacts.target_minutes": Words(_("Target menit bulan ini"), unit=_("menit")),
    "MonthFacts.activity_points": Words(_("Poin aktivitas")),
    "MonthFacts.skp_score": Words(_("Nilai SKP")),
    "MonthFacts.target_ratio": Words(_("Rasio capaian target")),
    "MonthFacts.behaviour_scores": Words(_("Tujuh nilai perilaku"), _LIST_HELP),
    "MonthFacts.behaviour_sum": Words(_("Jumlah nilai perilaku")),
    "MonthFacts.predikat": Words(_("Predikat SKP")),
    "MonthFacts.salary_base": Words(_("Dasar gaji"), unit="Rp"),
    "MonthFacts.salary_tax": Words(_("Pajak atas gaji"), unit="Rp"),
    "MonthFacts.ptkp": Words(_("Status PTKP"), _("Misalnya K/1.")),
    "MonthFacts.attendance_ratio": Words(_("Rasio kehadiran"), _("0 sampai 1, bila datang dari sistem lain.")),
    "MonthFacts.penalties": Words(_("Hukuman disiplin")),
    "MonthFacts.deductions": Words(_("Potongan menurut daftar")),
    "MonthFacts.flags": Words(_("Tanda pada pegawai"), _LIST_HELP),
    "MonthFacts.measures": Words(_("Ukuran bulanan"), key=_("Ukuran"), value=_("Angka"), key_source="measure"),
    "MonthFacts.related": Words(
        _("Nilai atasan atau bawahan"), key=_("Ketentuan"), value=_("Nilai"), key_source="related"
    ),
    "MonthFacts.late_minutes": Words(_("Menit terlambat sebulan"), unit=_("menit")),
    "MonthFacts.early_minutes": Words(_("Menit pulang cepat sebulan"), unit=_("menit")),
    "MonthFacts.absent_days_year": Words(_("Hari tanpa keterangan setahun"), unit=_("hari")),
    "MonthFacts.late_decisions": Words(_("Keputusan sebagai atasan yang terlambat")),
    "MonthFacts.log_days_missing": Words(_("Hari kerja tanpa laporan"), unit=_("hari")),
    "ActingPost.level": Words(_("Tingkat jabatan")),
    "ActingPost.kelas": Words(_("Kelas")),
    "ActingPost.position_category": Words(_("Kategori jabatan")),
    "ActingPost.unit_category": Words(_("Kategori unit")),
    "ActingPost.same_unit": Words(_("Unit yang sama")),
    "ActingPost.title": Words(_("Nama jabatan")),
    "ActingPost.whole_month": Words(_("Dirangkap sebulan penuh")),
    "EventDay.date": Words(_("Tanggal")),
    "EventDay.code": Words(_("Kejadian"), source="code"),
    "EventDay.minutes": Words(_("Menit")),
    "PenaltyRecord.level": Words(_("Tingkat")),
    "PenaltyRecord.from_month": Words(_("Mulai bulan"), _("Misalnya 2026-03.")),
    "PenaltyRecord.until_month": Words(_("Sampai sebelum bulan")),
    "PenaltyRecord.reference": Words(_("Nomor keputusan")),
    "FixedDeduction.code": Words(_("Kode")),
    "FixedDeduction.amount": Words(_("Jumlah"), unit="Rp"),
    "FixedDeduction.label": Words(_("Keterangan")),
    "MonthFacts.stops": Words(_("Berhenti dari tugas yang dibayar"), _("Yang menyentuh bulan ini.")),
    "MonthFacts.stop_working_days": Words(
        _("Hari kerja di dalam masa berhenti"), _("Dipakai bila hitungannya hari kerja.")
    ),
    "MonthFacts.counted_from": Words(_("Dihitung mulai"), _("Kosong: awal bulan.")),
    "MonthFacts.counted_until": Words(_("Dihitung sampai"), _("Kosong: akhir bulan.")),
    "MonthFacts.budget_factor": Words(_("Keputusan karena anggaran")),
    "MonthFacts.ordered_holds": Words(_("Penahanan oleh pejabat")),
    "MonthFacts.released_holds": Words(_("Penahanan yang dilepas")),
    "MonthFacts.consents": Words(_("Persetujuan pegawai"), _("Misalnya zakat.")),
    "MonthFacts.year_income": Words(_("Penghasilan setahun selain TPP bulan ini"), _("Untuk pajak bulan terakhir.")),
    "MonthFacts.service_months": Words(_("Masa kerja"), _("Untuk THR dan bulan ke-13."), unit=_("bulan")),
    "MonthFacts.base_month": Words(_("Bulan dasar THR atau bulan ke-13"), _("Misalnya 2026-02.")),
    "MonthFacts.base_pay": Words(
        _("TPP bruto bulan dasar"), key=_("Kriteria"), value=_("Rupiah"), key_source="criterion", unit="Rp"
    ),
    "MonthFacts.adjustments": Words(_("Jumlah menurut keputusan"), _("Hanya pada perhitungan selisih.")),
    "MonthFacts.arrears_tax": Words(
        _("Dasar pajak selisih"), _("Hanya bila selisih dikenai pajak bulan pembayarannya.")
    ),
    "Adjustment.amount": Words(_("Tambahan atau pengurangan"), _("Pengurangan memakai tanda minus."), unit="Rp"),
    "Adjustment.label": Words(_("Keterangan")),
    "FixedDeduction.most_percent": Words(_("Paling banyak persen dari sisa"), _("Kosong: seluruhnya.")),
    "ServiceStop.kind": Words(_("Jenis")),
    "ServiceStop.first": Words(_("Hari pertama tidak bertugas")),
    "ServiceStop.last": Words(_("Hari terakhir"), _("Kosong bila belum atau tidak berakhir.")),
    "*.reference": Words(_("Nomor surat atau keputusan")),
    "BudgetFactor.share": Words(_("Bagian yang dibayar"), _("0 sampai 1.")),
    "*.reason": Words(_("Alasan")),
    "BudgetFactor.is_held": Words(_("Ditahan")),
    "OrderedHold.node_id": Words(_("Nama penahanan")),
    "ReleasedHold.node_id": Words(_("Ketentuan yang menahan"), source="node"),
    "Consent.percent": Words(_("Persen"), _("Isi persen atau jumlah.")),
    "Consent.amount": Words(_("Jumlah"), unit="Rp"),
    "Consent.base": Words(_("Dihitung dari"), _("Kosong: menurut ketentuan.")),
    "YearIncome.months": Words(_("Bulan bekerja setahun")),
    "YearIncome.gross": Words(_("Bruto setahun selain TPP bulan ini"), unit="Rp"),
    "YearIncome.withheld": Words(_("PPh 21 yang sudah dipotong"), unit="Rp"),
    "YearIncome.pension": Words(_("Iuran pensiun yang dibayar"), unit="Rp"),
    "YearIncome.zakat": Words(_("Zakat lewat pemberi kerja"), unit="Rp"),
    "ArrearsTax.month": Words(_("Bulan pembayaran"), _("Tahun dan bulan, misalnya 2026-03.")),
    "ArrearsTax.income": Words(_("Penghasilan lain pada bulan pembayaran"), unit="Rp"),
    "ArrearsTax.gross": Words(_("Bruto bulan asal yang berlaku"), unit="Rp"),
    "ArrearsTax.tax": Words(_("PPh 21 bulan asal yang berlaku"), unit="Rp"),
    "ArrearsTax.ptkp": Words(_("Status PTKP"), _("Misalnya K/1.")),
    "Example.name": Words(_("Nama contoh")),
    "Example.source": Words(_("Sumber angka"), _("Dari lembar atau naskah mana hasilnya diambil.")),
}

# Never filled by hand: ids are made from the name, kinds are chosen when a node is added.
_HIDDEN: Final[Mapping[str, frozenset[str]]] = {
    "Node": frozenset({"id", "kind", "label", "clause", "assumption", "children"}),
    "PartWeight": frozenset({"weight", "mode", "criteria"}),
    "Rounding": frozenset({"clause", "assumption"}),
    "RuleSet": frozenset({"code", "valid_from", "valid_to", "nodes", "examples"}),
    "Example": frozenset({"facts", "expect"}),
}

CHOICES: Final[Mapping[str, Any]] = {
    **FACT_TITLES,
    "*": _("semua"),
    "first": _("hari pertama bulan"),
    "15": _("tanggal 15"),
    "last": _("hari terakhir bulan"),
    "total": _("pagu jabatan, dibagi ke kriteria"),
    "basic": _("nilai kelas, kali persen kriteria"),
    "late": _("terlambat masuk"),
    "early_leave": _("pulang sebelum waktu"),
    "combined_day": _("terlambat dan pulang cepat sehari dijumlahkan"),
    "late_and_early": _("terlambat dan juga pulang cepat sehari"),
    "month_total": _("jumlah menit sebulan"),
    "both": _("terlambat dan pulang cepat"),
    "2": _("dua: masuk dan pulang"),
    "3": _("tiga: masuk, siang dan pulang"),
    "in": _("absen masuk"),
    "out": _("absen pulang"),
    "middle": _("absen siang"),
    "document": _("surat yang disetujui"),
    "no_punch": _("tanpa absen dan tanpa surat"),
    "part": _("bagian ini"),
    "performance_part": _("bagian kinerja"),
    "other_part": _("komponen lain"),
    "whole": _("seluruh TPP"),
    "full": _("jumlah penuhnya"),
    "earned": _("yang diperoleh"),
    "none": _("tidak dibulatkan"),
    "ActingCase.effect=none": _("tidak mengubah apa pun"),
    "truncate_2": _("dipotong dua desimal"),
    "half_up_2": _("dibulatkan dua desimal"),
    "half_up_rupiah": _("ke rupiah terdekat"),
    "truncate_rupiah": _("dipotong ke rupiah"),
    "floor_thousand": _("dipotong ke ribuan"),
    "unrounded": _("angka yang belum dibulatkan"),
    "rounded": _("angka yang sudah dibulatkan"),
    "scored": _("dinilai"),
    "flat": _("dibayar penuh"),
    "add": _("ditambahkan"),
    "max": _("yang terbesar"),
    "min": _("yang terkecil"),
    "mean": _("rata-rata"),
    "replace": _("menggantikan"),
    "only": _("hanya persen ini"),
    "any": _("semua tingkat"),
    "higher": _("lebih tinggi"),
    "equal": _("setara"),
    "lower": _("lebih rendah"),
    "eligibility": _("kelayakan, sebelum segalanya"),
    "month": _("TPP sebulan"),
    "tax": _("pajak"),
    "contribution": _("iuran"),
    "deduction": _("potongan"),
    "gross": _("TPP bruto"),
    "pagu": _("pagu"),
    "remaining": _("sisa sesudah potongan sebelumnya"),
    "final_by_golongan": _("final menurut golongan"),
    "shared_cap": _("iuran dengan batas atas bersama gaji"),
    "fixed_list": _("jumlah menurut daftar"),
    "ter_minus_salary": _("TER dikurangi pajak gaji"),
    "ter_own": _("TER atas pembayaran ini saja"),
    "TerTax.arrears=origin": _("pada bulan asalnya"),
    "TerTax.arrears=payment": _("pada bulan pembayarannya"),
    "Deduction.taken_from=month": _("TPP bulanan"),
    "thr": _("THR"),
    "thirteenth": _("bulan ke-13"),
    "SpecialPay.base=pagu": _("pagu jabatan"),
    "SpecialPay.base=earned": _("TPP bruto bulan dasar"),
    "dropped": _("tidak dihitung"),
    "january": _("dihitung bersama Januari"),
    "whole_month": _("dibayar penuh"),
    "by_days": _("menurut hari"),
    "nothing": _("tidak dibayar"),
    "carry": _("diambil yang cukup, sisanya dicatat"),
    "refuse": _("perhitungan ditolak"),
    "ter_gross_up": _("TER ditanggung daerah"),
    "consent_percent": _("persen dengan persetujuan"),
    "calendar": _("hari kalender"),
    "working": _("hari kerja"),
    "factor": _("dikalikan faktor"),
    "hold": _("ditahan"),
    "block_next_month": _("bulan berikutnya tidak dibayar"),
    "before_score": _("sebelum dinilai"),
    "after_score": _("sesudah dinilai"),
    "after_tax": _("sesudah pajak"),
    "count": _("tetap dihitung"),
    "not_count": _("tidak dihitung"),
    "next_superior": _("atasan berikutnya"),
    "plt": _("Plt/Plh"),
    "sekda": _("Sekretaris Daerah"),
    "Consent.base=": _("menurut ketentuan"),
    **STOP_TITLES,
    "superior": _("atasan"),
    "subordinates": _("bawahan"),
    "own": _("nilai sendiri"),
    "value": _("nilai tetap"),
    "employee": _("pegawai"),
    "unit": _("unit"),
    "opd": _("perangkat daerah"),
    "region": _("daerah"),
    "below": _("pegawai unit itu dan unit di bawahnya"),
    "line": _("pegawai unit itu dan semua atasan di atasnya"),
    "sangat_baik": _("sangat baik"),
    "baik": _("baik"),
    "butuh_perbaikan": _("butuh perbaikan"),
    "kurang": _("kurang"),
    "sangat_kurang": _("sangat kurang"),
}


def field(model: type, name: str) -> Words:
    """The words of a model's field; those of its base model count too. Raises UnnamedField."""
    for owner in (*(base.__name__ for base in model.__mro__), "*"):
        words = FIELDS.get(f"{owner}.{name}")
        if words is not None:
            return words
    raise UnnamedField(f"{model.__name__}.{name}")


def hidden_fields(model: type) -> frozenset[str]:
    """Fields that no form of the model shows by itself."""
    found: frozenset[str] = frozenset()
    for base in model.__mro__:
        found |= _HIDDEN.get(base.__name__, frozenset())
    return found if issubclass(model, Node) or model.__name__ in _HIDDEN else frozenset()


def choice(place: str, value: Any) -> Any:
    """The words of one choice of the field `place` (`ActingCase.effect`). Raises UnnamedField."""
    words = CHOICES.get(f"{place}={value}", CHOICES.get(str(value)))
    if words is None:
        raise UnnamedField(f"{place}={value}")
    return words


def options(place: str, values: tuple[Any, ...]) -> tuple[tuple[str, Any], ...]:
    """Choices with their words, in their order. Raises UnnamedField for a value without words."""
    return tuple((str(value), choice(place, value)) for value in values)


PURPOSES: Final[Mapping[str, Any]] = {
    "class_amounts": _("Berapa rupiah sebulan untuk tiap kelas jabatan, dan persen tiap kriteria."),
    "part_weight": _("Membagi TPP menjadi bagian yang dinilai sendiri, misalnya kehadiran 40 dan kinerja 60 persen."),
    "deduction_score": _("Mulai dari nilai penuh, lalu dikurangi poin keterlambatan, ketidakhadiran dan lainnya."),
    "ratio_score": _("Nilai dari capaian dibagi target, misalnya menit aktivitas."),
    "threshold_score": _("Nilai penuh bila target tercapai, selain itu nol."),
    "band_score": _("Nilai menurut rentang suatu angka, misalnya nilai SKP 90 ke atas."),
    "predikat_map": _("Nilai menurut predikat SKP."),
    "behaviour_score": _("Nilai menurut jumlah nilai perilaku BerAKHLAK."),
    "event_tier": _("Poin menurut lama terlambat atau pulang cepat."),
    "missing_punch": _("Apa akibatnya bila absen masuk atau pulang tidak ada."),
    "absence_day": _("Poin untuk tiap hari tidak masuk, menurut jenisnya."),
    "ceremony": _("Poin bagi yang tidak mengikuti apel, upacara atau kegiatan."),
    "log_rule": _("Kapan laporan harian boleh diisi, dan akibat bila tidak diisi atau tidak diputus."),
    "gate": _("Syarat: bila tidak terpenuhi, bayaran dikurangi, ditahan atau menjadi nol."),
    "status_factor": _("Persen bagi CPNS, PPPK dan status lain."),
    "acting_rule": _("Bayaran bagi yang merangkap jabatan sebagai Plt atau Plh."),
    "penalty": _("Pengurangan selama masa hukuman disiplin."),
    "bonus": _("Tambahan pada bulan atau keadaan tertentu."),
    "multiplier": _("Pengali seluruh bayaran, misalnya faktor anggaran atau cuti panjang."),
    "deduction": _("Pajak, iuran atau potongan, diambil menurut urutan daftar."),
    "related_score": _("Nilai yang diambil dari atasan, atau dari bawahan."),
    "calendar_rule": _("Tanggal isian, verifikasi, kunci dan bayar tiap bulan. Tidak menghitung."),
    "service_stop": _("Sejak hari mana pensiun, wafat, cuti besar, tugas belajar dan lainnya menghentikan TPP."),
    "budget_factor": _("Kapan bagian yang ditanggung anggaran dikalikan, bila anggaran tidak cukup."),
    "special_pay": _("Bagian dari TPP sebulan yang dibayar sebagai THR atau bulan ke-13, dengan pajaknya sendiri."),
    "document_set": _("Cetakan apa yang diserahkan dan siapa penanda tangannya. Tidak menghitung."),
}
