"""Forms of the rule set pages that are not made from the rules themselves."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.web.forms import DateField, MonthField
from tenants.rules.engine import ready_rule_sets

MAX_BYTES = 1024 * 1024


def _title_in(text: str) -> str:
    """The title of a shipped rule set, without reading all of it: twelve of them would take seconds."""
    found = re.search(r"^title: *['\"]?(.+?)['\"]?$", text, re.MULTILINE)
    return found[1] if found else ""


class NewRuleSetForm(forms.Form):
    """A ready rule set, and the month from which the copy counts."""

    siap = forms.ChoiceField(
        label=_("Aturan siap pakai"),
        help_text=_("Naskah yang disertakan platform; daerah memeriksa, mengubah dan menandatanganinya sendiri."),
    )
    mulai = MonthField(label=_("Berlaku mulai bulan"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["siap"]
        if isinstance(field, forms.ChoiceField):
            titles = sorted((_title_in(text) or code, code) for code, text in ready_rule_sets().items())
            field.choices = [("", _("Pilih")), *((code, title) for title, code in titles)]


class UploadForm(forms.Form):
    """A file that the platform's operators prepared, and the month from which it counts."""

    berkas = forms.FileField(label=_("Berkas aturan"), help_text=_("Berkas yang disiapkan pengelola platform."))
    mulai = MonthField(label=_("Berlaku mulai bulan"))

    @override
    def clean(self) -> dict[str, Any]:
        """Not larger than a rule set can be."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("berkas") and values["berkas"].size > MAX_BYTES:
            self.add_error("berkas", _("Berkas lebih besar dari 1 MB."))
        return values


class CopyForm(forms.Form):
    """The month from which a copy counts."""

    mulai = MonthField(label=_("Berlaku mulai bulan"))


class PeriodForm(forms.Form):
    """From which month to which month the draft counts."""

    use_required_attribute = False

    mulai = MonthField(label=_("Berlaku mulai bulan"))
    akhir = MonthField(
        label=_("Sampai dengan bulan"), required=False, help_text=_("Kosong: sampai aturan berikutnya terbit.")
    )

    @override
    def clean(self) -> dict[str, Any]:
        """The end is not before the start."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("mulai") and values.get("akhir") and values["akhir"] < values["mulai"]:
            self.add_error("akhir", _("Bulan terakhir sebelum bulan mulai."))
        return values


class RegulationForm(forms.Form):
    """The regulation that the draft carries out."""

    nomor = forms.CharField(
        label=_("Nomor peraturan"), max_length=200, help_text=_("Misalnya Perwali Nomor 12 Tahun 2026.")
    )
    tentang = forms.CharField(label=_("Tentang"), max_length=300)
    tanggal = DateField(label=_("Tanggal peraturan"))
    naskah = forms.FileField(
        label=_("Naskah peraturan (PDF)"), required=False, help_text=_("Paling besar 20 MB. Wajib ada sebelum terbit.")
    )


class ConfirmTableForm(forms.Form):
    """The person compared a national table with the regulation; `sidik` is the digest of what the page showed."""

    pembanding = forms.CharField(
        label=_("Dicocokkan dengan"),
        max_length=200,
        help_text=_("Naskah yang Anda baca, misalnya Lembaran Negara 2023 Nomor 178 atau surat KPP."),
    )
    cocok = forms.BooleanField(label=_("Saya mencocokkan setiap angka dan semuanya sama."))
    sidik = forms.CharField(max_length=64, widget=forms.HiddenInput)


class WithdrawTableForm(forms.Form):
    """Why the region no longer stands for a table."""

    alasan = forms.CharField(label=_("Alasan"), max_length=200)
