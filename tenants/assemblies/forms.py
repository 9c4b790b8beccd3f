"""Forms of the assemblies."""

from __future__ import annotations

from collections.abc import Mapping
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
from tenants.assemblies.actions import CallIn
from tenants.assemblies.models import Mark
from tenants.employees.models import Employee
from tenants.employees.querysets import EmployeeQuerySet
from tenants.organisation.models import Unit
from tenants.organisation.querysets import UnitQuerySet


class CallForm(forms.Form):
    """An assembly to be called: which ceremony, when, who leads, who must come."""

    code = forms.ChoiceField(
        label=gettext_lazy("Yang dihitung bila tidak hadir"),
        help_text=gettext_lazy("Menurut aturan daerah yang berlaku."),
    )
    title = forms.CharField(
        label=gettext_lazy("Nama acara"), max_length=120, help_text=gettext_lazy("Misalnya Apel Senin di halaman.")
    )
    date = DateField(label=gettext_lazy("Tanggal"))
    starts = TimeField(label=gettext_lazy("Mulai"))
    ends = TimeField(label=gettext_lazy("Selesai"))
    place = forms.CharField(label=gettext_lazy("Tempat"), max_length=120, required=False)
    letter_number = forms.CharField(label=gettext_lazy("Nomor surat"), max_length=100, required=False)
    leader = forms.CharField(
        label=gettext_lazy("NIP pemimpin"),
        max_length=25,
        help_text=gettext_lazy("HP pemimpin menampilkan kode; ia juga dapat mencentang nama."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    units = forms.MultipleChoiceField(
        label=gettext_lazy("Unit yang dipanggil"),
        widget=forms.SelectMultiple(attrs={"size": 8}),
        required=False,
        help_text=gettext_lazy("Unit di bawahnya ikut."),
    )
    people = forms.CharField(
        label=gettext_lazy("Pegawai lain yang dipanggil"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=gettext_lazy("Satu NIP di tiap baris."),
    )

    def __init__(
        self,
        *args: Any,
        ceremonies: Mapping[str, str],
        units: UnitQuerySet,
        people: EmployeeQuerySet,
        is_inspection: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known_people, self.known_units, self.is_inspection = people, units, is_inspection
        for name, choices in (
            ("code", list(ceremonies.items())),
            ("units", _choices(units)),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        self.fields["date"].initial = here.today()

    def clean_leader(self) -> Employee:
        found = self._by_nip([self.cleaned_data["leader"]])
        if not found:
            raise forms.ValidationError(_("NIP tidak ditemukan di antara pegawai Anda."))
        return found[0]

    def clean_people(self) -> list[Employee]:
        nips = self.cleaned_data["people"].split("\n")
        wanted = [nip for nip in nips if nip.strip()]
        found = self._by_nip(wanted)
        strangers = {_digits(nip) for nip in wanted} - {employee.nip for employee in found}
        if strangers:
            raise forms.ValidationError(
                _("NIP tidak ditemukan: %(nips)s.") % {"nips": ", ".join(sorted(strangers)[:10])}
            )
        return found

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if {"starts", "ends"} <= values.keys() and values["ends"] <= values["starts"]:
            self.add_error("ends", _("Selesainya harus sesudah mulainya."))
        return values

    def draft(self) -> CallIn:
        """The call as the action takes it; on a valid form."""
        values = self.cleaned_data
        return CallIn(
            code=values["code"],
            title=values["title"],
            date=values["date"],
            starts_at=self._at(values["starts"]),
            ends_at=self._at(values["ends"]),
            leader=values["leader"],
            place=values["place"],
            letter_number=values["letter_number"],
            is_inspection=self.is_inspection,
        )

    def chosen_units(self) -> list[Unit]:
        return list(self.known_units.filter(uid__in=self.cleaned_data["units"]))

    def _at(self, clock_time: Any) -> datetime:
        return clock.at_local(self.cleaned_data["date"], clock_time, current_region().time_zone)

    def _by_nip(self, nips: list[str]) -> list[Employee]:
        return list(self.known_people.filter(nip__in=[_digits(nip) for nip in nips]).order_by("name", "pk"))


class MarkForm(forms.Form):
    """What an official says about the people ticked."""

    state = forms.ChoiceField(label=gettext_lazy("Dicatat sebagai"), choices=Mark.State.choices)
    reason = forms.CharField(
        label=gettext_lazy("Dasar"),
        max_length=300,
        help_text=gettext_lazy("Misalnya daftar hadir kertas, atau tugas yang tidak dapat ditinggal."),
    )


class CancelForm(forms.Form):
    """Why an assembly is called off."""

    reason = forms.CharField(label=gettext_lazy("Alasan"), max_length=300)


def _choices(units: UnitQuerySet) -> list[tuple[str, str]]:
    rows = units.order_by("code").values_list("uid", "code", "name", "kind")
    return [
        (str(uid), f"{code} {name}" if kind == Unit.Kind.OPD else f"\N{EM SPACE}{code} {name}")
        for uid, code, name, kind in rows
    ]


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())
