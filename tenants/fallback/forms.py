"""Forms of the month by sheets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.web.forms import MonthField
from tenants.organisation.models import Unit


class OpdMonthForm(forms.Form):
    """A month and an OPD that the person has in charge."""

    bulan = MonthField(label=_("Bulan"))
    opd = forms.ModelChoiceField(queryset=Unit.objects.none(), label=_("OPD"), to_field_name="uid")

    def __init__(self, *args: Any, opds: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["opd"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = opds


class SheetForm(OpdMonthForm):
    """A filled sheet."""

    alasan = forms.CharField(
        label=_("Alasan memakai lembar manual"),
        max_length=300,
        min_length=10,
        help_text=_("Misalnya: jaringan kantor putus 3 sampai 21 Oktober. Paling sedikit 10 huruf."),
    )
    berkas = forms.FileField(
        label=_("Lembar yang sudah diisi"),
        help_text=_("XLSX atau CSV. Satu baris salah, semua batal; yang salah disebut satu per satu."),
    )


class WithdrawForm(forms.Form):
    """Why a sheet is taken back."""

    alasan = forms.CharField(label=_("Alasan"), max_length=300, help_text=_("Tercatat di jejak audit."))
