"""The form of an activity, and those of the catalogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.web.forms import DateField, FilesField, FilesInput, TimeField
from tenants.activities.actions import ActivityInput
from tenants.activities.catalogue import Entry, PositionNames
from tenants.activities.checks import MOST_VOLUME
from tenants.activities.errors import EntryRefused, Problem
from tenants.activities.models import Evidence, EvidenceKind, JobKind
from tenants.activities.targets import Target
from tenants.organisation.models import Position

if TYPE_CHECKING:
    KindField = forms.ModelChoiceField[JobKind]
else:
    KindField = forms.ModelChoiceField


class TargetField(forms.ChoiceField):
    """A target of the person's plan; whether it is theirs and open is for the action to say."""

    @override
    def valid_value(self, value: Any) -> bool:
        try:
            UUID(str(value))
        except ValueError:
            return False
        return True


class ActivityForm(forms.Form):
    """What was done, when, how much; the rules of the field are checked by the action."""

    job_kind = KindField(
        label=_("Jenis pekerjaan"), queryset=JobKind.objects.none(), to_field_name="uid", empty_label=_("Pilih…")
    )
    description = forms.CharField(label=_("Uraian"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    date = DateField(label=_("Tanggal"))
    starts_at = TimeField(label=_("Mulai pukul"))
    volume = forms.IntegerField(label=_("Jumlah hasil"), min_value=1, max_value=MOST_VOLUME, initial=1)
    minutes = forms.IntegerField(label=_("Menit"), min_value=1, max_value=1440)
    evidence = FilesField(
        label=_("Bukti"),
        required=False,
        help_text=_("Foto atau PDF, paling besar 5 MB. Hanya dilihat oleh Anda dan yang memutuskan."),
        widget=FilesInput(attrs={"accept": "image/jpeg,image/png,application/pdf", "data-files": ""}),
    )
    removed = forms.MultipleChoiceField(
        label=_("Hapus bukti yang ada"), required=False, widget=forms.CheckboxSelectMultiple
    )
    letter_number = forms.CharField(label=_("Nomor surat"), max_length=100, required=False)
    disposition_number = forms.CharField(label=_("Nomor disposisi"), max_length=100, required=False)
    part = forms.CharField(
        label=_("Peran Anda dalam surat itu"),
        max_length=120,
        required=False,
        help_text=_("Misalnya pembuat konsep. Perlu diisi bila nomor yang sama dipakai pegawai lain."),
    )
    target_uid = TargetField(label=_("Sasaran SKP"), required=False)
    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        kinds: Iterable[JobKind] | None,
        existing: Iterable[Evidence] = (),
        first_open: dt.date | None = None,
        targets: Iterable[Target] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer_targets(targets)
        self.offer(JobKind.objects.all() if kinds is None else _rows(kinds))
        files = [(str(row.file.uid), row.file.name) for row in existing]
        if files:
            cast(forms.MultipleChoiceField, self.fields["removed"]).choices = files
        else:
            del self.fields["removed"]
        if first_open is not None:
            self.fields["date"].widget.attrs["min"] = first_open.isoformat()

    def offer(self, kinds: QuerySet[JobKind]) -> None:
        """What can be chosen. None at first: a posted kind is read alone, the action judges it."""
        cast(KindField, self.fields["job_kind"]).queryset = kinds

    def offer_targets(self, targets: Iterable[Target]) -> None:
        """The targets to choose from."""
        choices = [(str(target.uid), target.label) for target in targets]
        cast(TargetField, self.fields["target_uid"]).choices = [("", _("tanpa sasaran")), *choices]
        self.has_targets = bool(choices)

    @property
    def shows_letter(self) -> bool:
        """Whether the part about letters stands open: something is in it, or something is wrong in it."""
        names = ("letter_number", "disposition_number", "part")
        return any(self[name].value() or self.has_error(name) for name in names)

    def entered(self) -> ActivityInput:
        """What the action takes."""
        values = self.cleaned_data
        files: list[UploadedFile[bytes]] = values["evidence"]
        return ActivityInput(
            job_kind_uid=values["job_kind"].uid,
            date=values["date"],
            starts_at=values["starts_at"],
            minutes=values["minutes"],
            volume=values["volume"],
            description=values["description"],
            client_key=values["client_key"],
            files=files,
            removed=[UUID(uid) for uid in values.get("removed", [])],
            letter_number=values["letter_number"],
            disposition_number=values["disposition_number"],
            part=values["part"],
            target_uid=UUID(values["target_uid"]) if values["target_uid"] else None,
        )

    def show(self, problems: Iterable[Problem]) -> None:
        """Put what the action refused beside its fields."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.text)


def _rows(kinds: Iterable[JobKind]) -> QuerySet[JobKind]:
    return JobKind.objects.filter(pk__in=[kind.pk for kind in kinds]).order_by("name")


class KindForm(forms.Form):
    """One version of one kind of work, as a person writes it down."""

    code = forms.CharField(label=_("Kode"), max_length=40)
    name = forms.CharField(label=_("Nama pekerjaan"), max_length=200)
    output_unit = forms.CharField(
        label=_("Satuan hasil"), max_length=60, help_text=_("Misalnya surat, laporan, orang.")
    )
    norm_minutes = forms.IntegerField(label=_("Norma menit untuk satu hasil"), min_value=1, max_value=1440)
    points = forms.DecimalField(
        label=_("Poin untuk satu hasil"), min_value=0, max_digits=8, decimal_places=2, initial=0
    )
    weight = forms.DecimalField(
        label=_("Bobot"), min_value=0, max_digits=6, decimal_places=3, help_text=_("Poin dikalikan bobot. Biasa: 1.")
    )
    evidence_kinds = forms.MultipleChoiceField(
        label=_("Bukti yang diterima"),
        choices=EvidenceKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tanpa pilihan: bukti tidak perlu."),
    )
    evidence_rule = forms.ChoiceField(
        label=_("Berapa yang perlu"),
        choices=[("any", _("Salah satu")), ("all", _("Semuanya"))],
        required=False,
        initial="any",
    )
    daily_cap = forms.IntegerField(label=_("Hasil paling banyak sehari"), min_value=1, max_value=1000, required=False)
    daily_minutes = forms.IntegerField(
        label=_("Menit paling banyak sehari"), min_value=1, max_value=1440, required=False
    )
    position_kinds = forms.MultipleChoiceField(
        label=_("Jenis jabatan"),
        choices=Position.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tanpa pilihan: semua jenis."),
    )
    position_titles = forms.CharField(
        label=_("Nama jabatan"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Satu nama di tiap baris, seperti di peta jabatan. Kosong: semua."),
    )
    position_categories = forms.MultipleChoiceField(
        label=_("Kategori jabatan"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tanpa pilihan: semua."),
    )
    valid_from = DateField(label=_("Berlaku mulai"))

    def __init__(self, *args: Any, names: PositionNames, code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        self.known_code = code
        if code:
            del self.fields["code"]
        categories = cast(forms.MultipleChoiceField, self.fields["position_categories"])
        categories.choices = [(category, category) for category in sorted(names.categories.values())]
        if len(names.categories) < 2:
            del self.fields["position_categories"]

    @staticmethod
    def initial_of(kind: JobKind) -> dict[str, Any]:
        """What the form shows of a version."""
        values = {name: getattr(kind, name) for name in KindForm.base_fields if name != "position_titles"}
        return {
            **values,
            "position_titles": "\n".join(kind.position_titles),
            "evidence_rule": kind.evidence_rule or "any",
        }

    def clean_position_titles(self) -> tuple[str, ...]:
        words = [" ".join(line.split()) for line in self.cleaned_data["position_titles"].splitlines() if line.strip()]
        strangers = [word for word in words if self.names.title(word) is None]
        if strangers:
            raise forms.ValidationError(_("Tidak ada di peta jabatan: %(names)s.") % {"names": "; ".join(strangers)})
        return tuple(dict.fromkeys(self.names.title(word) or word for word in words))

    def entry(self) -> Entry:
        """What the action takes."""
        values = self.cleaned_data
        kinds = tuple(values["evidence_kinds"])
        return Entry(
            code=self.known_code or values["code"].strip(),
            name=values["name"],
            output_unit=values["output_unit"],
            norm_minutes=values["norm_minutes"],
            points=values["points"],
            weight=values["weight"],
            evidence_kinds=kinds,
            evidence_rule=(values["evidence_rule"] or "any") if kinds else "",
            daily_cap=values["daily_cap"],
            daily_minutes=values["daily_minutes"],
            position_kinds=tuple(values["position_kinds"]),
            position_titles=values["position_titles"],
            position_categories=tuple(values.get("position_categories", ())),
            valid_from=values["valid_from"],
        )

    def show(self, error: EntryRefused) -> None:
        """Put what the action refused beside its field."""
        self.add_error(error.field if error.field in self.fields else None, error.text)


class EndForm(forms.Form):
    """From which day on a kind of work is no longer entered."""

    ends_on = DateField(label=_("Tidak berlaku mulai"))

    def show(self, error: EntryRefused) -> None:
        """Put what the action refused beside its field."""
        self.add_error("ends_on", error.text)


class SheetForm(forms.Form):
    """A spreadsheet with the catalogue."""

    file = forms.FileField(
        label=_("Berkas XLSX"),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
    )
