"""Forms of the screens, tablets and PINs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from tenants.kiosks.pins import LENGTH
from tenants.organisation.querysets import UnitQuerySet


class PlacedForm(forms.Form):
    """Something that stands at a unit, under a name that people there know."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    label = forms.CharField(
        label=gettext_lazy("Nama"), max_length=80, help_text=gettext_lazy("Misalnya Lobi, Loket 1 atau Ruang guru.")
    )

    def __init__(self, *args: Any, units: UnitQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        if isinstance(field, forms.ChoiceField):
            rows = units.values_list("uid", "code", "name")
            field.choices = [(str(uid), f"{code} {name}") for uid, code, name in rows]


class PinForm(forms.Form):
    """A PIN of one's own, twice."""

    pin = forms.CharField(
        label=gettext_lazy("PIN baru"),
        max_length=LENGTH,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "new-password"}),
        help_text=gettext_lazy("Enam angka. Dipakai hanya di tablet kios, bersama NIP Anda."),
    )
    again = forms.CharField(
        label=gettext_lazy("Ulangi PIN"),
        max_length=LENGTH,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "new-password"}),
    )

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("pin") and values.get("again") and values["pin"] != values["again"]:
            self.add_error("again", _("Kedua PIN tidak sama."))
        return values
