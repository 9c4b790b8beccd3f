"""Forms of the calendar pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.web.forms import DateField, FirstToLast, TimeField
from tenants.calendars.models import Holiday
from tenants.calendars.working_days import Hours
from tenants.organisation.models import Unit

_LONGEST_BREAK: Final = 600


class ConfirmForm(forms.Form):
    """The decree against which the ticked drafts were compared."""

    source = forms.CharField(
        label=_("Nomor keputusan"),
        max_length=200,
        help_text=_("Nomor SKB 3 Menteri atau keputusan lain yang sudah Anda bandingkan."),
    )


class HolidayForm(forms.Form):
    """A holiday that the region adds."""

    date = DateField(label=_("Tanggal"))
    name = forms.CharField(label=_("Nama hari libur"), max_length=200)
    kind = forms.ChoiceField(label=_("Jenis"), choices=Holiday.Kind.choices, initial=Holiday.Kind.DAERAH)
    source = forms.CharField(
        label=_("Dasar"), max_length=200, help_text=_("Nomor keputusan atau surat edaran, misalnya SE Sekda 12/2026.")
    )


class RemovalForm(forms.Form):
    """Why a day is no day off here."""

    reason = forms.CharField(label=_("Alasan"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


@dataclass(frozen=True, slots=True)
class WeekdayRow:
    """The three fields of one weekday."""

    label: str | Promise
    fields: tuple[forms.BoundField, ...]


class PatternForm(forms.Form):
    """Name and hours of a week; a day left empty is free."""

    name = forms.CharField(label=_("Nama pola"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday in WEEKDAYS:
            self.fields[f"starts_{weekday}"] = TimeField(label=_("Masuk"), required=False)
            self.fields[f"ends_{weekday}"] = TimeField(label=_("Pulang"), required=False)
            self.fields[f"rest_{weekday}"] = forms.IntegerField(
                label=_("Istirahat (menit)"), required=False, min_value=0, max_value=_LONGEST_BREAK
            )

    @classmethod
    def initial_of(cls, name: str, days: Mapping[int, Hours]) -> dict[str, Any]:
        values: dict[str, Any] = {"name": name}
        for weekday, hours in days.items():
            values[f"starts_{weekday}"] = hours.starts_at
            values[f"ends_{weekday}"] = hours.ends_at
            values[f"rest_{weekday}"] = hours.break_minutes
        return values

    def rows(self) -> Iterator[WeekdayRow]:
        for weekday, label in WEEKDAYS.items():
            yield WeekdayRow(label, tuple(self[f"{part}_{weekday}"] for part in ("starts", "ends", "rest")))

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for weekday in WEEKDAYS:
            starts, ends = values.get(f"starts_{weekday}"), values.get(f"ends_{weekday}")
            if (starts is None) != (ends is None) and not self.errors.keys() & {f"starts_{weekday}", f"ends_{weekday}"}:
                self.add_error(
                    f"ends_{weekday}" if ends is None else f"starts_{weekday}",
                    _("Isi jam masuk dan jam pulang, atau kosongkan keduanya."),
                )
            elif starts is not None and ends is not None and ends <= starts:
                self.add_error(f"ends_{weekday}", _("Jam pulang harus sesudah jam masuk."))
        return values

    @property
    def days(self) -> dict[int, Hours]:
        """The working days of a valid form."""
        values = self.cleaned_data
        return {
            weekday: Hours(values[f"starts_{weekday}"], values[f"ends_{weekday}"], values[f"rest_{weekday}"] or 0)
            for weekday in WEEKDAYS
            if values.get(f"starts_{weekday}") is not None
        }


class AssignForm(FirstToLast):
    """Which units work by the pattern, from when to when."""

    units = forms.ModelMultipleChoiceField(
        label=_("Unit kerja"),
        queryset=Unit.objects.none(),
        to_field_name="uid",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Unit di bawahnya ikut, kecuali yang punya pola sendiri."),
    )
    first = DateField(label=_("Mulai tanggal"))
    last = DateField(label=_("Sampai tanggal"), required=False, help_text=_("Kosongkan bila berlaku seterusnya."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["units"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = Unit.objects.active().order_by("code")
