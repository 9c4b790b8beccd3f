"""Forms of the pages of papers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.web.forms import DateField
from tenants.reports.errors import SettingsRefused
from tenants.reports.models import PaperSettings, Signer
from tenants.reports.paper_settings import LetterheadInput, SignerInput
from tenants.reports.papers.kinds import CATALOGUE, OF_DIFFERENCES
from tenants.reports.papers.numbering import checked_pattern


class LetterheadForm(forms.Form):
    """What stands at the head of a paper."""

    pemerintah = forms.CharField(
        label=_("Baris pertama"), max_length=120, required=False, help_text=_("Misalnya PEMERINTAH KOTA MANADO.")
    )
    instansi = forms.CharField(
        label=_("Nama instansi"), max_length=200, required=False, help_text=_("Kosong: nama OPD dengan huruf besar.")
    )
    alamat = forms.CharField(
        label=_("Alamat"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Jalan, telepon, surel; satu atau dua baris."),
    )
    tempat = forms.CharField(
        label=_("Tempat penandatanganan"), max_length=80, required=False, help_text=_("Ditulis di depan tanggal.")
    )
    kertas = forms.ChoiceField(
        label=_("Ukuran kertas"), required=False, choices=[("", _("Menurut daerah")), *PaperSettings.Size.choices]
    )
    lambang = forms.FileField(label=_("Lambang"), required=False, help_text=_("PNG atau JPG, paling besar 512 KB."))
    tanpa_lambang = forms.BooleanField(label=_("Hapus lambang yang tersimpan"), required=False)

    def letterhead(self) -> LetterheadInput:
        """What a valid form says."""
        values = self.cleaned_data
        return LetterheadInput(
            values["pemerintah"], values["instansi"], values["alamat"], values["tempat"], values["kertas"]
        )


class NumbersForm(forms.Form):
    """The number pattern of all papers, and of single ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["semua"] = forms.CharField(
            label=_("Semua dokumen"),
            max_length=80,
            required=False,
            help_text=_(
                "{nomor} urut tiap dokumen dan tahun, {dokumen} singkatan, {opd} kode, {bulan} Romawi, {tahun}."
            ),
        )
        for kind in (*CATALOGUE, *OF_DIFFERENCES):
            self.fields[kind.code] = forms.CharField(label=kind.title, max_length=80, required=False)

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, text in list(values.items()):
            try:
                values[name] = checked_pattern(text)
            except SettingsRefused as refused:
                self.add_error(name, refused.message())
        return values

    def patterns(self) -> dict[str, str]:
        """The patterns of a valid form, by code; "" stands for all papers."""
        return {"" if name == "semua" else name: text for name, text in self.cleaned_data.items()}


class SignerForm(forms.Form):
    """Who signs in a role."""

    peran = forms.TypedChoiceField(label=_("Peran"), choices=Signer.Role.choices, coerce=int)
    nama = forms.CharField(label=_("Nama dengan gelar"), max_length=200)
    nip = forms.CharField(
        label=_("NIP"),
        required=False,
        max_length=18,
        validators=[RegexValidator(r"\A[0-9]{18}\Z", _("NIP terdiri atas 18 angka."))],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    pangkat = forms.CharField(
        label=_("Pangkat, golongan"), required=False, max_length=80, help_text=_("Misalnya Pembina (IV/a).")
    )
    jabatan = forms.CharField(
        label=_("Jabatan yang tercetak"), max_length=200, help_text=_("Misalnya Kepala Dinas Pendidikan.")
    )
    mulai = DateField(label=_("Mulai berlaku"))

    def signer(self) -> SignerInput:
        """What a valid form says."""
        values = self.cleaned_data
        return SignerInput(
            values["peran"], values["nama"], values["nip"], values["pangkat"], values["jabatan"], values["mulai"]
        )


class EndSignerForm(forms.Form):
    """From which day on nobody signs in that role."""

    sejak = DateField(label=_("Tidak berlaku sejak"))


class WithdrawForm(forms.Form):
    """Why a paper does not count any more."""

    alasan = forms.CharField(label=_("Alasan"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
