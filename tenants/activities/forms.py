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

from kernel.web.forms import DateField, TimeField
from tenants.activities.actions import ActivityInput
from tenants.activities.errors import Problem
from tenants.activities.models import Evidence, JobKind


class FilesInput(forms.ClearableFileInput):
    """Several files at once; a phone offers its camera."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of files, empty when none was chosen."""

    widget = FilesInput

    @override
    def clean(self, data: Any, initial: Any = None) -> Any:
        if not data:
            return []
        one = super().clean
        return [one(file, initial) for file in (data if isinstance(data, list | tuple) else [data])]


if TYPE_CHECKING:
    KindField = forms.ModelChoiceField[JobKind]
else:
    KindField = forms.ModelChoiceField


class ActivityForm(forms.Form):
    """What was done, when, how much; the rules of the field are checked by the action."""

    job_kind = KindField(
        label=_("Jenis pekerjaan"), queryset=JobKind.objects.none(), to_field_name="uid", empty_label=_("Pilih…")
    )
    description = forms.CharField(label=_("Uraian"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    date = DateField(label=_("Tanggal"))
    starts_at = TimeField(label=_("Mulai pukul"))
    volume = forms.IntegerField(label=_("Jumlah hasil"), min_value=1, max_value=1000, initial=1)
    minutes = forms.IntegerField(label=_("Menit"), min_value=1, max_value=1440)
    evidence = FilesField(
        label=_("Bukti"),
        required=False,
        help_text=_("Foto atau PDF, paling besar 5 MB. Hanya dilihat oleh Anda dan yang memutuskan."),
        widget=FilesInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )
    removed = forms.MultipleChoiceField(
        label=_("Hapus bukti yang ada"), required=False, widget=forms.CheckboxSelectMultiple
    )
    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        kinds: Iterable[JobKind] | None,
        existing: Iterable[Evidence] = (),
        first_open: dt.date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
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
        )

    def show(self, problems: Iterable[Problem]) -> None:
        """Put what the action refused beside its fields."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.text)


def _rows(kinds: Iterable[JobKind]) -> QuerySet[JobKind]:
    return JobKind.objects.filter(pk__in=[kind.pk for kind in kinds]).order_by("name")


class SheetForm(forms.Form):
    """A spreadsheet with the catalogue."""

    file = forms.FileField(
        label=_("Berkas XLSX"),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
    )
