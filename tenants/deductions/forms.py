"""Forms of the deductions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.web.forms import MonthField, PercentField, RupiahField
from tenants.deductions.models import ListedDeduction
from tenants.employees.nip_field import NipField


class _SumOrPercent(forms.Form):
    """Exactly one of the two is filled."""

    def clean_sum_or_percent(self, values: dict[str, Any]) -> dict[str, Any]:
        filled = [name for name in ("jumlah", "persen") if values.get(name) is not None]
        if len(filled) != 1 and not {"jumlah", "persen"} & set(self.errors):
            self.add_error("jumlah", _("Isi salah satu: jumlah rupiah atau persen."))
        return values


class DeductionForm(_SumOrPercent):
    """One sum by list for one person."""

    nip = NipField()
    kode = forms.ChoiceField(label=_("Jenis potongan"))
    jumlah = RupiahField(label=_("Jumlah sebulan (Rp)"), required=False, min_value=1, max_value=999_999_999)
    persen = PercentField(label=_("Atau persen"), required=False)
    dasar = forms.ChoiceField(label=_("Dasar persen"), choices=ListedDeduction.Base.choices)
    mulai = MonthField(label=_("Mulai bulan"))
    akhir = MonthField(label=_("Bulan terakhir"), required=False, help_text=_("Kosong: sampai diakhiri."))
    surat = forms.CharField(label=_("Nomor surat kuasa atau daftar"), max_length=100)
    keterangan = forms.CharField(
        label=_("Keterangan di slip"), max_length=80, required=False, help_text=_("Misalnya nama koperasi.")
    )

    def __init__(self, codes: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kode"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(code, f"{code}: {words}") for code, words in codes.items()]

    @override
    def clean(self) -> dict[str, Any]:
        """One of sum and percent; the end is not before the start."""
        values = self.clean_sum_or_percent(super().clean() or self.cleaned_data)
        if values.get("mulai") and values.get("akhir") and values["akhir"] < values["mulai"]:
            self.add_error("akhir", _("Bulan terakhir sebelum bulan mulai."))
        return values


class SheetForm(forms.Form):
    """A list as a sheet; on trial it is only checked."""

    bulan = MonthField(label=_("Mulai bulan"), help_text=_("Untuk baris yang tidak menyebut bulan sendiri."))
    berkas = forms.FileField(
        label=_("Lembar XLSX"),
        help_text=_("Kolom NIP, Kode, Jumlah atau Persen, Nomor surat; boleh Mulai, Sampai dengan, Keterangan."),
    )
    uji = forms.BooleanField(label=_("Periksa dulu, jangan ditulis"), required=False, initial=True)


class EndForm(forms.Form):
    """From which month a sum is no longer taken."""

    mulai = MonthField(label=_("Tidak dipotong mulai bulan"))


class CancelForm(forms.Form):
    """Why a sum was recorded wrongly."""

    alasan = forms.CharField(label=_("Alasan"), max_length=200)


class ZakatForm(_SumOrPercent):
    """What the person agrees to give, and from which month on."""

    persen = PercentField(label=_("Persen dari TPP"), required=False, help_text=_("Lazimnya 2,5."))
    jumlah = RupiahField(label=_("Atau jumlah sebulan (Rp)"), required=False, min_value=1, max_value=999_999_999)
    mulai = MonthField(label=_("Mulai bulan"))

    @override
    def clean(self) -> dict[str, Any]:
        """One of sum and percent."""
        return self.clean_sum_or_percent(super().clean() or self.cleaned_data)


class ZakatEndForm(forms.Form):
    """From which month on nothing is given."""

    berhenti = MonthField(label=_("Tidak dipotong mulai bulan"))
