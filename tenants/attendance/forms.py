"""Forms of attendance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel.web.forms import DateField, MonthField, TimeField
from tenants.attendance.actions import DocumentIn
from tenants.attendance.document_kinds import CORRECTION_KIND, PERMIT_KIND
from tenants.attendance.models import AttendanceDocument, DocumentPolicy
from tenants.attendance.moments import half_of, instant_of, own_plan
from tenants.places.models import Place

LONGEST = timedelta(days=366)


class DaysForm(forms.Form):
    """From a first day up to and with a last one."""

    # None: a longer one is refused elsewhere, with its own words.
    longest: ClassVar[timedelta | None] = LONGEST

    first = DateField(label=gettext_lazy("Tanggal mulai"))
    last = DateField(label=gettext_lazy("Tanggal selesai"))

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first, last = values.get("first"), values.get("last")
        if isinstance(first, date) and isinstance(last, date):
            if last < first:
                self.add_error("last", _("Tanggal selesai mendahului tanggal mulai. Periksa kedua tanggal."))
            elif self.longest is not None and last - first > self.longest:
                self.add_error("last", _("Satu surat mencakup paling lama satu tahun."))
        return values


class NipsField(forms.CharField):
    """The NIPs of many people, one in each line; gives them in the order typed, each once."""

    widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("NIP pegawai"),
            help_text=gettext_lazy("Satu NIP per baris; boleh disalin dari lembar kerja."),
        )

    @override
    def clean(self, value: Any) -> list[str]:
        return read_nips(str(super().clean(value)))


class DocumentForm(DaysForm):
    """A document that an employee hands in. `kinds` maps code to label."""

    field_order = ["kind", "covers", "first", "last", "letter_number", "reason", "file"]

    kind = forms.ChoiceField(label=gettext_lazy("Jenis surat"))
    covers = forms.ChoiceField(
        label=gettext_lazy("Mencakup"),
        choices=[
            (AttendanceDocument.Covers.DAY, gettext_lazy("Sehari penuh")),
            (AttendanceDocument.Covers.IN, gettext_lazy("Absen masuk saja")),
            (AttendanceDocument.Covers.OUT, gettext_lazy("Absen pulang saja")),
        ],
        initial=AttendanceDocument.Covers.DAY,
    )
    last = DateField(label=gettext_lazy("Tanggal selesai"), help_text=gettext_lazy("Hari terakhir yang dicakup."))
    letter_number = forms.CharField(label=gettext_lazy("Nomor surat"), max_length=100, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Keterangan"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000, required=False
    )
    file = forms.FileField(
        label=gettext_lazy("Berkas surat"), required=False, help_text=gettext_lazy("PDF, JPG atau PNG, sampai 5 MB.")
    )

    def __init__(self, *args: Any, kinds: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = dict(kinds)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(self.kinds.items())

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean()
        first, last = values.get("first"), values.get("last")
        if values.get("covers") != AttendanceDocument.Covers.DAY and first is not None and last not in (None, first):
            self.add_error("covers", _("Surat untuk satu absen berlaku satu hari saja."))
        return values

    def draft(self) -> DocumentIn:
        """The document as the action takes it; call it on a valid form."""
        values = self.cleaned_data
        return DocumentIn(
            kind=values["kind"],
            label=self.kinds[values["kind"]],
            first=values["first"],
            last=values["last"],
            covers=values["covers"],
            letter_number=values["letter_number"],
            reason=values["reason"],
        )


def read_nips(text: str) -> list[str]:
    """The NIPs of a text, one in each line, in the order given, each once. Raises ValidationError."""
    words = text.replace(",", "\n").replace(";", "\n").splitlines()
    nips = ["".join(character for character in word if character.isdigit()) for word in words if word.strip()]
    wrong = [word.strip() for word, nip in zip([w for w in words if w.strip()], nips, strict=True) if len(nip) != 18]
    if wrong:
        raise forms.ValidationError(
            _("NIP terdiri atas 18 angka. Periksa: %(wrong)s.") % {"wrong": ", ".join(wrong[:10])}
        )
    return list(dict.fromkeys(nips))


class RecordForm(DocumentForm):
    """A letter for many people at once."""

    nips = NipsField()
    field_order = ["nips", "kind", "covers", "first", "last", "letter_number", "reason", "file"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["letter_number"].required = True


class ComputeForm(forms.Form):
    """Which month, and of whom."""

    month = MonthField(label=gettext_lazy("Bulan"))
    opd = forms.ChoiceField(label=gettext_lazy("OPD"), required=False)

    def __init__(self, *args: Any, opds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["opd"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Semua OPD")), *opds]


class CorrectionForm(forms.Form):
    """A punch that is missing, with the time at which it should have been made."""

    day = DateField(label=gettext_lazy("Tanggal"))
    covers = forms.ChoiceField(
        label=gettext_lazy("Yang terlewat"),
        choices=[
            (AttendanceDocument.Covers.IN, gettext_lazy("Absen masuk")),
            (AttendanceDocument.Covers.OUT, gettext_lazy("Absen pulang")),
        ],
        widget=forms.RadioSelect,
        initial=AttendanceDocument.Covers.IN,
    )
    at = TimeField(label=gettext_lazy("Jam sebenarnya"))
    cause = forms.ChoiceField(label=gettext_lazy("Sebab"), choices=AttendanceDocument.Cause.choices)
    evidence = forms.ChoiceField(label=gettext_lazy("Bukti"), choices=AttendanceDocument.Evidence.choices)
    file = forms.FileField(
        label=gettext_lazy("Berkas bukti"), required=False, help_text=gettext_lazy("PDF, JPG atau PNG, sampai 5 MB.")
    )
    reason = forms.CharField(
        label=gettext_lazy("Penjelasan"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )

    def draft(self, employee_id: int) -> DocumentIn:
        """The correction as the action takes it; call it on a valid form."""
        values = self.cleaned_data
        day, covers = values["day"], values["covers"]
        words = _("Koreksi absen masuk") if covers == AttendanceDocument.Covers.IN else _("Koreksi absen pulang")
        return DocumentIn(
            kind=CORRECTION_KIND,
            label=words,
            first=day,
            last=day,
            covers=covers,
            reason=values["reason"],
            corrected_at=instant_of(day, values["at"], own_plan(employee_id, day)),
            cause=values["cause"],
            evidence=values["evidence"],
        )


class PermitForm(forms.Form):
    """A permit for half a day or for some hours of it."""

    day = DateField(label=gettext_lazy("Tanggal"))
    part = forms.ChoiceField(
        label=gettext_lazy("Lamanya"),
        choices=[
            ("first", gettext_lazy("Setengah hari pertama")),
            ("second", gettext_lazy("Setengah hari kedua")),
            ("hours", gettext_lazy("Jam tertentu")),
        ],
        widget=forms.RadioSelect,
        initial="hours",
    )
    begins = TimeField(label=gettext_lazy("Dari jam"), required=False)
    ends = TimeField(label=gettext_lazy("Sampai jam"), required=False)
    reason = forms.CharField(label=gettext_lazy("Keperluan"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000)
    file = forms.FileField(
        label=gettext_lazy("Surat"), required=False, help_text=gettext_lazy("PDF, JPG atau PNG, sampai 5 MB.")
    )

    def __init__(self, *args: Any, employee_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.employee_id = employee_id
        self.span: tuple[datetime, datetime] | None = None

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        day = values.get("day")
        if not isinstance(day, date):
            return values
        plan = own_plan(self.employee_id, day)
        if plan is None or plan.hours is None:
            self.add_error("day", _("Hari itu libur bagi Anda, jadi tidak perlu izin. Pilih hari kerja."))
            return values
        if values.get("part") != "hours":
            self.span = half_of(plan, str(values.get("part")))
            return values
        begins, ends = values.get("begins"), values.get("ends")
        if begins is None or ends is None:
            self.add_error("begins" if begins is None else "ends", _("Isi jamnya, atau pilih setengah hari."))
            return values
        self.span = instant_of(day, begins, plan), instant_of(day, ends, plan)
        if self.span[1] <= self.span[0]:
            self.add_error("ends", _("Jam selesai mendahului jam mulai. Periksa kedua jam."))
        elif self.span[1] <= plan.hours[0] or plan.hours[1] <= self.span[0]:
            self.add_error("begins", _("Jam itu di luar jam kerja Anda hari itu, jadi tidak perlu izin."))
        return values

    def draft(self) -> DocumentIn:
        """The permit as the action takes it; call it on a valid form."""
        values = self.cleaned_data
        begins_at, ends_at = self.span or (None, None)
        return DocumentIn(
            kind=PERMIT_KIND,
            label=_("Izin beberapa jam") if values["part"] == "hours" else _("Izin setengah hari"),
            first=values["day"],
            last=values["day"],
            covers=AttendanceDocument.Covers.HOURS,
            reason=values["reason"],
            begins_at=begins_at,
            ends_at=ends_at,
        )


class RevokeForm(forms.Form):
    """Why an approved document does not count any more."""

    reason = forms.CharField(label=gettext_lazy("Alasan pencabutan"), max_length=300)


class OrderForm(DaysForm):
    """An order for many people. `kinds` are the codes of duty, `places` where they may be sent."""

    field_order = ["subject", "kind", "number", "first", "last", "nips", "places", "reason", "file"]

    subject = forms.CharField(label=gettext_lazy("Keperluan"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Jenis surat"))
    number = forms.CharField(label=gettext_lazy("Nomor surat tugas"), max_length=100)
    nips = NipsField()
    places = forms.MultipleChoiceField(
        label=gettext_lazy("Tempat tugas"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Absen di tempat ini dihitung selama tugas, setelah disetujui."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Keterangan"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, required=False
    )
    file = forms.FileField(label=gettext_lazy("Berkas surat"), required=False)

    def __init__(self, *args: Any, kinds: Mapping[str, str], places: Sequence[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_places = {str(place.uid): place for place in places}
        kind, where = self.fields["kind"], self.fields["places"]
        if isinstance(kind, forms.ChoiceField) and isinstance(where, forms.ChoiceField):
            kind.choices = list(kinds.items())
            where.choices = [(uid, str(place)) for uid, place in self.known_places.items()]
        if not places:
            del self.fields["places"]

    def draft(self) -> DocumentIn:
        """Each person's document; call it on a valid form."""
        values = self.cleaned_data
        return DocumentIn(
            kind=values["kind"],
            label=values["subject"],
            first=values["first"],
            last=values["last"],
            letter_number=values["number"],
            reason=values["reason"],
        )

    def chosen_places(self) -> list[Place]:
        return [self.known_places[uid] for uid in self.cleaned_data.get("places", ())]


class PolicyForm(forms.Form):
    """What the region asks of documents from a day on. `kinds` are the codes that may need a letter."""

    valid_from = DateField(label=gettext_lazy("Berlaku sejak"))
    corrections_per_month = forms.IntegerField(
        label=gettext_lazy("Koreksi absen sebulan, paling banyak"),
        min_value=0,
        max_value=31,
        required=False,
        help_text=gettext_lazy("Kosong: tidak dibatasi."),
    )
    excuse_days = forms.IntegerField(
        label=gettext_lazy("Batas menjelaskan ketidakhadiran (hari kerja)"),
        min_value=1,
        max_value=30,
        required=False,
        help_text=gettext_lazy("Surat yang datang sesudahnya tetap diterima, ditandai untuk atasan."),
    )
    source = forms.CharField(label=gettext_lazy("Dasar"), max_length=300)

    def __init__(self, *args: Any, kinds: Mapping[str, str], known: DocumentPolicy | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = dict(kinds)
        for code, label in self.kinds.items():
            self.fields[f"letter_{code}"] = forms.IntegerField(
                label=_("%(label)s: wajib surat mulai (hari)") % {"label": label},
                min_value=1,
                max_value=366,
                required=False,
            )
        if known is not None:
            self.initial = {
                **self.initial,
                "valid_from": known.valid_from,
                "corrections_per_month": known.corrections_per_month,
                "excuse_days": known.excuse_days,
                "source": known.source,
                **{f"letter_{code}": days for code, days in known.letter_from_days.items()},
            }

    def values(self) -> dict[str, Any]:
        """What the row says beside its day; call it on a valid form."""
        said = self.cleaned_data
        return {
            "corrections_per_month": said["corrections_per_month"],
            "excuse_days": said["excuse_days"],
            "source": said["source"],
            "letter_from_days": {
                code: said[f"letter_{code}"] for code in self.kinds if said[f"letter_{code}"] is not None
            },
        }
