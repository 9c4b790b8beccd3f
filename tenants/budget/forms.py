"""Forms of the budget."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.web.forms import DateField, PercentField, RupiahField
from tenants.budget.accounts import PART_TITLES
from tenants.budget.codes import is_account_code
from tenants.budget.models import BudgetAccount, BudgetCeiling, BudgetDecision
from tenants.budget.recording import Paper

_MOST = 10**14


class _AccountCode(forms.CharField):
    """An account code down to its last level."""

    def __init__(self) -> None:
        super().__init__(label=_("Kode rekening"), max_length=20, help_text=_("Misalnya 5.1.01.02.01.0001."))

    @override
    def clean(self, value: Any) -> str:
        code: str = super().clean(value)
        if not is_account_code(code):
            raise forms.ValidationError(_("Isi kode rekening seperti 5.1.01.02.01.0001."))
        return code


class _PaperForm(forms.Form):
    """The DPA or DPPA that sets ceilings."""

    dokumen = forms.ChoiceField(label=_("Dokumen"), choices=BudgetCeiling.Document.choices)
    nomor = forms.CharField(label=_("Nomor dokumen"), max_length=100)
    tanggal = DateField(label=_("Tanggal dokumen"))
    mulai = DateField(label=_("Berlaku mulai"), help_text=_("Tahunnya adalah tahun anggaran."))

    def paper(self) -> Paper:
        """The document of a valid form."""
        values = self.cleaned_data
        return Paper(values["dokumen"], values["nomor"], values["tanggal"], values["mulai"])


class CeilingForm(_PaperForm):
    """One ceiling of one OPD."""

    kode = _AccountCode()
    jumlah = RupiahField(label=_("Pagu setahun (Rp)"), min_value=0, max_value=_MOST)

    field_order = ("kode", "jumlah", "dokumen", "nomor", "tanggal", "mulai")


class SheetForm(_PaperForm):
    """The ceilings of many OPDs as a sheet; on trial it is only checked."""

    berkas = forms.FileField(label=_("Lembar XLSX"), help_text=_("Kolom Kode OPD, Kode rekening dan Pagu."))
    uji = forms.BooleanField(label=_("Periksa dulu, jangan ditulis"), required=False, initial=True)


class AccountForm(forms.Form):
    """Which code pays a part of the slip."""

    bagian = forms.ChoiceField(label=_("Bagian"), choices=[(part, words) for part, words in PART_TITLES.items()])
    kelompok = forms.ChoiceField(label=_("Untuk"), choices=BudgetAccount.Group.choices)
    kode = _AccountCode()


class WithdrawForm(forms.Form):
    """Why something no longer counts."""

    alasan = forms.CharField(label=_("Alasan"), max_length=200)


class OptionForm(forms.Form):
    """Which way out to look at, with what it needs."""

    pilihan = forms.ChoiceField(choices=BudgetDecision.Option.choices, required=False)
    persen = PercentField(label=_("Bayar berapa persen"), required=False)
    status = forms.MultipleChoiceField(
        label=_("Tahan semua dengan status"), required=False, widget=forms.CheckboxSelectMultiple
    )
    nip = forms.CharField(
        label=_("Tahan NIP ini"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "inputmode": "numeric"}),
        help_text=_("Satu NIP tiap baris."),
    )

    def __init__(self, statuses: Sequence[str], people: dict[str, int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        field = self.fields["status"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(status, status) for status in statuses]

    def clean_nip(self) -> set[int]:
        """The keys of the people named; each must be paid in the month."""
        nips = str(self.cleaned_data["nip"]).split()
        unknown = [nip for nip in nips if nip not in self.people]
        if unknown:
            raise forms.ValidationError(
                _("Tidak dibayar bulan ini di OPD ini: %(nips)s."), params={"nips": ", ".join(unknown[:5])}
            )
        return {self.people[nip] for nip in nips}

    def share(self) -> Decimal | None:
        """The percent of a valid form as a share."""
        percent: Decimal | None = self.cleaned_data.get("persen")
        return None if percent is None else percent / 100


class GoOnForm(forms.Form):
    """The decision to go on without a recorded ceiling; `dampak` is the month's net, as the page showed."""

    alasan = forms.CharField(label=_("Alasan"), max_length=300)
    surat = forms.CharField(label=_("Nomor surat keputusan"), max_length=100)
    dampak = forms.CharField(widget=forms.HiddenInput, max_length=40)


class DecideForm(GoOnForm):
    """The decision on the option shown; `dampak` is the net after it."""

    alasan = forms.CharField(label=_("Alasan"), max_length=300, help_text=_("Tampil di slip setiap pegawai."))
