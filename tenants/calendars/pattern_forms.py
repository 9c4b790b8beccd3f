"""Forms of work patterns: what a pattern is, its hours, and who works by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.web.forms import DateField, FirstToLast, TimeField
from tenants.calendars.actions import PatternIn
from tenants.calendars.models import WorkPattern
from tenants.calendars.patterns import ALWAYS, DAYS_A_WEEK, NORMAL, ROTATION, WEEKLY, Span, Version
from tenants.employees.models import Employee
from tenants.organisation.models import Unit

# So many shifts the page has room for; a shift left empty is none.
_ROWS: Final = 6
_PARTS: Final = ("code", "name", "starts", "ends", "rest_starts", "rest_ends", "on_call")
FREE: Final = "-"


class PatternForm(forms.Form):
    """What a pattern is beside its hours."""

    name = forms.CharField(label=_("Nama pola"), max_length=100)
    anchor = DateField(label=_("Hari pertama putaran"), help_text=_("Putaran dihitung maju dan mundur dari hari ini."))
    works_on_holidays = forms.BooleanField(
        label=_("Tetap bekerja pada hari libur"),
        required=False,
        help_text=_("Untuk layanan tanpa henti: rumah sakit, pemadam, pos jaga."),
    )
    night_ends_at = TimeField(
        label=_("Batas malam"),
        required=False,
        help_text=_("Sampai jam ini esok harinya, absen masih milik hari kerja sebelumnya. Kosong: batas umum 03.00."),
    )
    rest_hours = forms.IntegerField(
        label=_("Istirahat terpendek antarsif (jam)"),
        min_value=0,
        max_value=48,
        initial=8,
        help_text=_("Jadwal yang kurang dari ini ditandai."),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind == WEEKLY:
            del self.fields["anchor"]

    @classmethod
    def initial_of(cls, pattern: WorkPattern) -> dict[str, Any]:
        names = ("name", "anchor", "works_on_holidays", "night_ends_at", "rest_hours")
        return {name: getattr(pattern, name) for name in names}

    @property
    def pattern(self) -> PatternIn:
        """Of a valid form."""
        return PatternIn(kind=self.kind, **self.cleaned_data)


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one shift or of one day."""

    label: str | Promise
    fields: tuple[forms.BoundField, ...]


class VersionForm(forms.Form):
    """The shifts of a pattern and on which days they are worked.

    A weekly pattern has a field for each weekday with the codes worked on it; a rotation one line with the cycle.
    """

    valid_from = DateField(
        label=_("Berlaku mulai"),
        required=False,
        help_text=_("Kosong: sejak awal. Jam yang lama berlaku sampai sehari sebelumnya."),
    )
    cycle = forms.CharField(
        label=_("Urutan putaran"),
        max_length=500,
        help_text=_(
            "Kode sif setiap hari putaran, dipisah spasi; tanda - berarti libur, P+S berarti dua sif. "
            "Contoh: P P S S M M - - -"
        ),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for number in range(_ROWS):
            self.fields[f"code_{number}"] = forms.CharField(
                label=_("Kode"), required=False, max_length=6, widget=forms.TextInput(attrs={"size": 4})
            )
            self.fields[f"name_{number}"] = forms.CharField(label=_("Nama sif"), required=False, max_length=40)
            self.fields[f"starts_{number}"] = TimeField(label=_("Masuk"), required=False)
            self.fields[f"ends_{number}"] = TimeField(label=_("Pulang"), required=False)
            self.fields[f"rest_starts_{number}"] = TimeField(label=_("Istirahat dari"), required=False)
            self.fields[f"rest_ends_{number}"] = TimeField(label=_("Istirahat sampai"), required=False)
            self.fields[f"on_call_{number}"] = forms.BooleanField(label=_("Siaga di rumah"), required=False)
        if kind == WEEKLY:
            del self.fields["cycle"]
            for weekday, label in WEEKDAYS.items():
                self.fields[f"day_{weekday}"] = forms.CharField(label=label, required=False, max_length=40)

    @classmethod
    def initial_of(cls, kind: str, version: Version) -> dict[str, Any]:
        values: dict[str, Any] = {"valid_from": None if version.valid_from == ALWAYS else version.valid_from}
        for number, span in enumerate(version.spans):
            parts = (
                span.code,
                span.name,
                span.starts_at,
                span.ends_at,
                span.break_starts_at,
                span.break_ends_at,
                span.on_call,
            )
            values.update({f"{part}_{number}": value for part, value in zip(_PARTS, parts, strict=True)})
        if kind == WEEKLY:
            values.update({f"day_{weekday}": " ".join(codes) for weekday, codes in enumerate(version.slots)})
        else:
            values["cycle"] = " ".join("+".join(codes) or FREE for codes in version.slots)
        return values

    def shift_rows(self) -> Iterator[Row]:
        for number in range(_ROWS):
            yield Row(str(number + 1), tuple(self[f"{part}_{number}"] for part in _PARTS))

    def day_fields(self) -> list[forms.BoundField]:
        return [self[f"day_{weekday}"] for weekday in WEEKDAYS] if self.kind == WEEKLY else []

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for number in range(_ROWS):
            code, starts, ends = (values.get(f"{part}_{number}") for part in ("code", "starts", "ends"))
            own = {f"{part}_{number}" for part in _PARTS}
            if self.errors.keys() & own:
                continue
            if code and (starts is None or ends is None):
                self.add_error(f"{'starts' if starts is None else 'ends'}_{number}", _("Isi jam masuk dan jam pulang."))
            elif not code and (starts is not None or ends is not None):
                self.add_error(f"code_{number}", _("Beri kode untuk sif ini, misalnya P."))
        return values

    def version(self, variant: str = NORMAL) -> Version:
        """The hours of a valid form."""
        values = self.cleaned_data
        return Version(tuple(self._spans(values)), self._slots(values), values["valid_from"] or ALWAYS, variant)

    def _spans(self, values: dict[str, Any]) -> Iterator[Span]:
        for number in range(_ROWS):
            code: str = values[f"code_{number}"]
            if code:
                starts: time = values[f"starts_{number}"]
                ends: time = values[f"ends_{number}"]
                yield Span(
                    code.upper(),
                    values[f"name_{number}"] or code.upper(),
                    starts,
                    ends,
                    values[f"rest_starts_{number}"],
                    values[f"rest_ends_{number}"],
                    on_call=values[f"on_call_{number}"],
                )

    def _slots(self, values: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
        if self.kind == ROTATION:
            return tuple(_codes(text) for text in values["cycle"].replace(",", " ").split())
        return tuple(_codes(values[f"day_{weekday}"]) for weekday in range(DAYS_A_WEEK))


def _codes(text: str) -> tuple[str, ...]:
    found = text.upper().replace("+", " ").replace(",", " ").split()
    return tuple(code for code in found if code != FREE)


class AssignForm(FirstToLast):
    """Which units work by the pattern, from when to when."""

    units = forms.ModelMultipleChoiceField(
        label=_("Unit kerja"),
        queryset=Unit.objects.none(),
        to_field_name="uid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Unit di bawahnya ikut, kecuali yang punya pola sendiri."),
    )
    nips = forms.CharField(
        label=_("Orang tertentu (NIP)"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "inputmode": "numeric"}),
        help_text=_("Satu NIP setiap baris. Pola seseorang didahulukan dari pola unitnya."),
    )
    offset = forms.IntegerField(
        label=_("Regu mulai putaran berapa hari kemudian"),
        required=False,
        min_value=0,
        max_value=61,
        help_text=_("0 untuk regu pertama. Regu yang mulai dua hari kemudian: 2."),
    )
    first = DateField(label=_("Mulai tanggal"))
    last = DateField(label=_("Sampai tanggal"), required=False, help_text=_("Kosongkan bila berlaku seterusnya."))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.employees: Sequence[Employee] = ()
        field = self.fields["units"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = Unit.objects.active().order_by("code")
        if kind == WEEKLY:
            del self.fields["offset"]

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean()
        nips = list(dict.fromkeys((values.get("nips") or "").replace(",", " ").split()))
        known = {employee.nip: employee for employee in Employee.objects.active().filter(nip__in=nips)}
        if unknown := [nip for nip in nips if nip not in known]:
            self.add_error(
                "nips",
                _("NIP ini tidak ada di daftar pegawai aktif: %(nips)s.") % {"nips": ", ".join(unknown[:5])},
            )
        self.employees = [known[nip] for nip in nips if nip in known]
        if not self.errors and not values.get("units") and not nips:
            self.add_error("units", _("Pilih paling sedikit satu unit, atau tulis NIP."))
        return values


class RamadanForm(FirstToLast):
    """From when to when the region works by Ramadan hours."""

    name = forms.CharField(label=_("Nama"), max_length=100, help_text=_("Misalnya Ramadan 1448 H."))
    first = DateField(label=_("Mulai tanggal"))
    last = DateField(label=_("Sampai tanggal"))
    source = forms.CharField(label=_("Dasar"), max_length=200, help_text=_("Nomor surat edaran jam kerja Ramadan."))


class EndForm(forms.Form):
    """The last day of an assignment."""

    last = DateField(label=_("Berlaku terakhir tanggal"))

    def __init__(self, *args: Any, first: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last"].help_text = _("Tanggal sebelum mulai berlaku menghapus penetapan ini.")
        self.first = first
