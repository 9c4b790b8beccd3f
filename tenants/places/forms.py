"""Forms of the place pages. Coordinates are typed; the map only fills them in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.accounts.models import User
from kernel.figures import NotAFigure
from kernel.tenancy import here
from kernel.web.forms import DateField, FirstToLast
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.places import access
from tenants.places.actions import LEAST_RADIUS_M, MOST_RADIUS_M, PlaceIn
from tenants.places.coordinates import MOST_LATITUDE, MOST_LONGITUDE, read_corners, read_degrees, read_pair
from tenants.places.models import Place

_MOST_PEOPLE: Final = 500


class DegreesField(forms.CharField):
    """Decimal degrees, with a point or a comma; the cleaned value is a Decimal."""

    default_error_messages = {"invalid": _("Isi derajat desimal, misalnya 1,474830 atau -3,316694.")}

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=40, **kwargs)
        self.most = most

    @override
    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        try:
            return read_degrees(text, self.most) if text else None
        except NotAFigure:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class CornersField(forms.CharField):
    """One corner a line, `latitude, longitude`; the cleaned value is a tuple of pairs."""

    default_error_messages = {
        "invalid": _("Baris “%(line)s” tidak terbaca. Tulis lintang, bujur seperti 1.47483, 124.84207.")
    }
    widget = forms.Textarea(attrs={"rows": 5, "inputmode": "text", "spellcheck": "false"})

    @override
    def clean(self, value: Any) -> tuple[tuple[Decimal, Decimal], ...]:
        try:
            return read_corners(super().clean(value))
        except NotAFigure as error:
            words = self.error_messages["invalid"] % {"line": str(error)[:40]}
            raise ValidationError(words, code="invalid") from None


class PlaceForm(FirstToLast):
    """A place: a point with a radius, or the corners of an area."""

    name = forms.CharField(label=_("Nama tempat"), max_length=120)
    shape = forms.ChoiceField(
        label=_("Bentuk"), choices=Place.Shape.choices, initial=Place.Shape.CIRCLE, widget=forms.RadioSelect
    )
    latitude = DegreesField(
        label=_("Lintang"),
        most=MOST_LATITUDE,
        required=False,
        help_text=_("Boleh menempel “1.474830, 124.842079” sekaligus di sini."),
    )
    longitude = DegreesField(label=_("Bujur"), most=MOST_LONGITUDE, required=False)
    radius_m = forms.IntegerField(
        label=_("Jari-jari (meter)"),
        min_value=LEAST_RADIUS_M,
        max_value=MOST_RADIUS_M,
        required=False,
        initial=100,
        help_text=_("Akurasi GPS tetap dihitung: orang di tepi tidak dirugikan. Biasanya 75 sampai 150 meter."),
    )
    corners = CornersField(
        label=_("Titik sudut wilayah"),
        required=False,
        help_text=_("Satu titik per baris, mengelilingi wilayah. Isi bila bentuknya wilayah."),
    )
    first = DateField(label=_("Mulai tanggal"))
    last = DateField(label=_("Sampai tanggal"), required=False, help_text=_("Kosongkan bila berlaku seterusnya."))
    note = forms.CharField(label=_("Catatan"), max_length=300, required=False)

    @classmethod
    def initial_of(cls, place: Place) -> dict[str, Any]:
        return {
            "name": place.name,
            "shape": place.shape,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "radius_m": place.radius_m or None,
            "corners": "\n".join(f"{latitude}, {longitude}" for latitude, longitude in place.ring),
            "last": place.last_day,
            "note": place.note,
        }

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(_pair_parted(data), **kwargs)

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("shape") == Place.Shape.AREA:
            if not values.get("corners") and "corners" not in self.errors:
                self.add_error("corners", _("Isi titik sudut wilayah, atau gambar di peta."))
        else:
            for name in ("latitude", "longitude", "radius_m"):
                if values.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Isi bagian ini, atau pilih titiknya di peta."))
        return values

    def place(self) -> PlaceIn:
        """What a valid form says."""
        values = self.cleaned_data
        is_area = values["shape"] == Place.Shape.AREA
        return PlaceIn(
            name=values["name"],
            first=values["first"],
            last=values["last"],
            latitude=Decimal(0) if is_area else values["latitude"],
            longitude=Decimal(0) if is_area else values["longitude"],
            radius_m=0 if is_area else values["radius_m"],
            corners=values["corners"] if is_area else (),
            note=values["note"],
        )


class NewPlaceForm(PlaceForm):
    """A new place also says who keeps it."""

    opd = forms.ModelChoiceField(
        label=_("Dikelola oleh"),
        queryset=Unit.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label=_("Daerah (BKPSDM)"),
        help_text=_("Operator OPD itu boleh mengubahnya."),
    )

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["opd"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = access.units_in_charge(user).opds().order_by("name")
            if not access.may_change_the_regions(user):
                field.required, field.empty_label = True, None
                field.initial = field.queryset.first()
        self.order_fields(["name", "opd"])


class EndForm(forms.Form):
    """The last day, and why."""

    last = DateField(label=_("Hari terakhir"))
    reason = forms.CharField(label=_("Alasan"), max_length=300, help_text=_("Misalnya pindah kantor."))


class PeopleField(forms.CharField):
    """NIPs, one a line; the cleaned value is the people, who must be in the user's charge."""

    widget = forms.Textarea(attrs={"rows": 4, "inputmode": "numeric", "spellcheck": "false"})
    default_error_messages = {
        "unknown": _("NIP tidak ditemukan di OPD Anda: %(nips)s."),
        "many": _("Paling banyak 500 orang sekaligus."),
    }
    user: User

    @override
    def clean(self, value: Any) -> list[Employee]:
        text = super().clean(value)
        nips = list(dict.fromkeys("".join(line.split()) for line in text.splitlines() if line.strip()))
        if len(nips) > _MOST_PEOPLE:
            raise ValidationError(self.error_messages["many"], code="many")
        found = {person.nip: person for person in access.people_in_charge(self.user).filter(nip__in=nips)}
        if strangers := [nip for nip in nips if nip not in found]:
            words = self.error_messages["unknown"] % {"nips": ", ".join(strangers[:10])}
            raise ValidationError(words, code="unknown")
        return [found[nip] for nip in nips]


class AssignForm(FirstToLast):
    """For which units and people a place counts, from when to when."""

    units = forms.ModelMultipleChoiceField(
        label=_("Unit kerja"),
        queryset=Unit.objects.none(),
        to_field_name="uid",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Unit di bawahnya ikut, kecuali yang punya tempat sendiri."),
    )
    people = PeopleField(
        label=_("Pegawai (NIP)"), required=False, help_text=_("Satu NIP per baris. Berlaku di samping tempat unitnya.")
    )
    first = DateField(label=_("Mulai tanggal"))
    last = DateField(label=_("Sampai tanggal"), required=False, help_text=_("Kosongkan bila berlaku seterusnya."))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units, people = self.fields["units"], self.fields["people"]
        if isinstance(units, forms.ModelMultipleChoiceField):
            units.queryset = access.units_in_charge(user).order_by("code")
        if isinstance(people, PeopleField):
            people.user = user

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not (values.get("units") or values.get("people") or self.errors):
            raise ValidationError(_("Pilih unit, atau isi NIP pegawai."), code="nobody")
        return values


class EndAssignmentForm(forms.Form):
    """The last day of an assignment."""

    last = DateField(label=_("Hari terakhir"))


class LetterForm(FirstToLast):
    """A letter of assignment: who goes where, from when to when."""

    number = forms.CharField(label=_("Nomor surat tugas"), max_length=100)
    subject = forms.CharField(label=_("Perihal"), max_length=200)
    opd = forms.ModelChoiceField(
        label=_("OPD"),
        queryset=Unit.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label=_("Daerah (BKPSDM)"),
    )
    first = DateField(label=_("Mulai tanggal"))
    last = DateField(label=_("Sampai tanggal"))
    people = PeopleField(label=_("Pegawai (NIP)"), help_text=_("Satu NIP per baris."))
    places = forms.ModelMultipleChoiceField(
        label=_("Tempat tugas"),
        queryset=Place.objects.none(),
        to_field_name="uid",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Belum ada? Buat dulu tempatnya."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opd, people, places = self.fields["opd"], self.fields["people"], self.fields["places"]
        if isinstance(opd, forms.ModelChoiceField):
            opd.queryset = access.units_in_charge(user).opds().order_by("name")
            if not access.may_change_the_regions(user):
                opd.required, opd.empty_label = True, None
                opd.initial = opd.queryset.first()
        if isinstance(people, PeopleField):
            people.user = user
        if isinstance(places, forms.ModelMultipleChoiceField):
            places.queryset = access.places_for(user).standing(here.today()).order_by("name", "pk")


class SheetForm(forms.Form):
    """The sheet of many places."""

    file = forms.FileField(label=_("Berkas XLSX"))


def _pair_parted(data: Any) -> Any:
    """The form's data with a pair that was pasted into the latitude spread over both fields."""
    if data is None or data.get("longitude", "").strip():
        return data
    try:
        latitude, longitude = read_pair(data.get("latitude", ""))
    except NotAFigure:
        return data
    parted = data.copy()
    parted["latitude"], parted["longitude"] = str(latitude), str(longitude)
    return parted
