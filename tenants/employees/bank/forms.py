"""Forms of the accounts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from kernel.web.forms import DateField
from tenants.employees.bank.accounts import AccountDraft
from tenants.organisation.models import Unit

_DIGITS = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class AccountForm(forms.Form):
    """An account by hand."""

    kode = forms.CharField(
        label=_("Kode bank"),
        help_text=_("Tiga angka, misalnya 127."),
        validators=[RegexValidator(r"^[0-9]{3}$", _("Isi tiga angka."))],
        widget=_DIGITS,
    )
    bank = forms.CharField(label=_("Nama bank"), max_length=100)
    nomor = forms.CharField(
        label=_("Nomor rekening"),
        validators=[RegexValidator(r"^[0-9]{5,30}$", _("Isi 5 sampai 30 angka."))],
        widget=_DIGITS,
    )
    pemilik = forms.CharField(
        label=_("Nama pemilik rekening"), max_length=200, help_text=_("Seperti di buku tabungan.")
    )
    mulai = DateField(label=_("Berlaku mulai"))

    def clean_nomor(self) -> str:
        """Digits without the blanks that people put between them."""
        return str(self.cleaned_data["nomor"]).replace(" ", "")

    def draft(self) -> AccountDraft:
        """The account of a valid form."""
        values = self.cleaned_data
        return AccountDraft(values["kode"], values["bank"], values["nomor"], values["pemilik"], values["mulai"])


class AccountSheetForm(forms.Form):
    """Accounts as a sheet."""

    berkas = forms.FileField(
        label=_("Lembar XLSX atau CSV"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_("Kolom NIP, Kode bank, Nama bank, Nomor rekening, Nama pemilik rekening, Berlaku mulai."),
    )


class AccountFilterForm(forms.Form):
    """What the list of accounts is narrowed to."""

    cari = forms.CharField(label=_("Nama atau NIP"), required=False, max_length=100)
    opd = forms.ChoiceField(label=_("OPD"), required=False)

    def __init__(self, *args: Any, opds: Collection[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["opd"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Semua OPD")), *((str(opd.uid), opd.name) for opd in opds)]
