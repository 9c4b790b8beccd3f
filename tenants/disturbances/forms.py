"""Forms of the disturbances."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel import clock
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from kernel.web.forms import DateField, TimeField
from tenants.disturbances.actions import LONGEST, DisturbanceIn
from tenants.disturbances.models import Disturbance
from tenants.organisation.models import Unit
from tenants.organisation.querysets import UnitQuerySet


class DisturbanceForm(forms.Form):
    """A disturbance to be reported. Without a unit it is the whole region's, where the person may say so."""

    units = forms.MultipleChoiceField(
        label=gettext_lazy("Unit yang terganggu"),
        widget=forms.SelectMultiple(attrs={"size": 8}),
        required=False,
    )
    first_day = DateField(label=gettext_lazy("Tanggal mulai"))
    first_time = TimeField(label=gettext_lazy("Jam mulai"))
    last_day = DateField(label=gettext_lazy("Tanggal selesai"))
    last_time = TimeField(
        label=gettext_lazy("Jam selesai"), help_text=gettext_lazy("Menit ini sendiri tidak lagi termasuk.")
    )
    cause = forms.ChoiceField(label=gettext_lazy("Sebab"), choices=Disturbance.Cause.choices)
    evidence = forms.CharField(
        label=gettext_lazy("Keterangan dan bukti"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text=gettext_lazy("Apa yang terjadi, siapa yang melihat, nomor laporan bila ada."),
    )
    file = forms.FileField(
        label=gettext_lazy("Berkas bukti"), required=False, help_text=gettext_lazy("PDF, JPG atau PNG, sampai 5 MB.")
    )

    def __init__(self, *args: Any, units: UnitQuerySet, may_name_region: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_name_region = may_name_region
        field = self.fields["units"]
        if isinstance(field, forms.MultipleChoiceField):
            named = units.order_by("code").values_list("uid", "code", "name", "kind")
            field.choices = [
                (str(uid), f"{code} {name}" if kind == Unit.Kind.OPD else f"\N{EM SPACE}{code} {name}")
                for uid, code, name, kind in named
            ]
        self.fields["units"].help_text = (
            _("Unit di bawahnya ikut. Tanpa pilihan: seluruh daerah.")
            if may_name_region
            else _("Unit di bawahnya ikut.")
        )
        if not may_name_region:
            self.fields["units"].required = True
        for name in ("first_day", "last_day"):
            self.fields[name].initial = here.today()

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if {"first_day", "first_time", "last_day", "last_time"} <= values.keys():
            starts_at, ends_at = self._instants(values)
            if ends_at <= starts_at:
                self.add_error("last_time", _("Selesainya harus sesudah mulainya."))
            elif ends_at - starts_at > LONGEST:
                self.add_error("last_day", _("Satu gangguan dicatat paling lama tujuh hari."))
        return values

    def draft(self) -> DisturbanceIn:
        """The disturbance as the action takes it; call it on a valid form."""
        values = self.cleaned_data
        starts_at, ends_at = self._instants(values)
        return DisturbanceIn(
            starts_at=starts_at,
            ends_at=ends_at,
            cause=values["cause"],
            evidence=values["evidence"],
            units=values["units"],
        )

    @staticmethod
    def _instants(values: dict[str, Any]) -> tuple[datetime, datetime]:
        zone = current_region().time_zone
        return (
            clock.at_local(values["first_day"], values["first_time"], zone),
            clock.at_local(values["last_day"], values["last_time"], zone),
        )


class NoteForm(forms.Form):
    """A word to an approval."""

    note = forms.CharField(label=gettext_lazy("Catatan"), max_length=500, required=False)


class ReasonForm(forms.Form):
    """Why a proposal is not followed, or an approved disturbance undone."""

    reason = forms.CharField(label=gettext_lazy("Alasan"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
