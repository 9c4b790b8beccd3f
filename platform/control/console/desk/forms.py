"""Forms of the incident desk."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from control.incidents.models import ASKABLE, Incident, Kind, Severity, Task
from control.regions.models import Region
from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.web.forms import DateField

MAX_EVIDENCE: Final = 20 * 1024 * 1024
# What is written on a timeline stays: a mistyped year would stand there for good.
FARTHEST: Final = timedelta(days=3653)


class DueField(forms.DateTimeField):
    """An instant in the console's time zone, from the browser's own picker; a year that was mistyped is refused."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]

    @override
    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        if moment is not None and abs(moment - clock.now()) > FARTHEST:
            raise forms.ValidationError(_("Waktu ini lebih dari sepuluh tahun dari sekarang. Periksa tahunnya."))
        return moment


class MomentField(DueField):
    """When something happened: never an instant to come."""

    @override
    def clean(self, value: Any) -> datetime | None:
        moment = super().clean(value)
        if moment is not None and moment > clock.now():
            raise forms.ValidationError(_("Waktu ini belum terjadi. Periksa tanggal dan jamnya."))
        return moment


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _asked_of() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Dikerjakan oleh"),
        choices=[("", gettext_lazy("Meja insiden")), *ASKABLE.items()],
        required=False,
        help_text=gettext_lazy("Yang diminta dari wilayah terbaca pada halaman keamanannya; Diskominfo menjawabnya."),
    )


class OnceForm(forms.Form):
    """What adds a line: `key` makes a second sending harmless."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_uid, required=False)


def source_of(key: UUID | None, text: str) -> str:
    """The source of the timeline's entry that a form with this key writes; "" without a key.

    The words belong to it: who goes back in the browser and sends others with the old key means something new.
    """
    return "" if key is None else f"form:{key}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


class NewIncidentForm(OnceForm):
    """What somebody told the desk."""

    title = forms.CharField(
        label=gettext_lazy("Judul"),
        max_length=200,
        help_text=gettext_lazy("Apa dan di mana, dalam satu kalimat. Wilayah yang terdampak membacanya juga."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Jenis"), choices=Kind.choices)
    severity = forms.TypedChoiceField(
        label=gettext_lazy("Tingkat"), choices=Severity.choices, coerce=int, initial=Severity.MEDIUM
    )
    region = forms.ChoiceField(label=gettext_lazy("Wilayah"), required=False)
    summary = forms.CharField(label=gettext_lazy("Uraian singkat"), widget=_area(4), max_length=4000)
    began_at = MomentField(label=gettext_lazy("Mulai terjadi"), required=False)
    detected_at = MomentField(
        label=gettext_lazy("Ditemukan"),
        required=False,
        help_text=gettext_lazy("Tenggat hukum dihitung sejak waktu ini. Kosong: sekarang."),
    )

    @override
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        if isinstance(field, forms.ChoiceField):
            names = Region.objects.order_by("name").values_list("code", "name")
            field.choices = [("", _("Platform (bukan satu wilayah)")), *names]

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        began, found = values.get("began_at"), values.get("detected_at")
        if began and found and began > found:
            self.add_error("began_at", _("Mulainya tidak dapat sesudah ditemukan."))
        return values


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("Alasan"), widget=_area(2), max_length=1000)


class RateForm(ReasonForm):
    """Another severity."""

    severity = forms.TypedChoiceField(label=gettext_lazy("Tingkat"), choices=Severity.choices, coerce=int)

    field_order = ("severity", "reason")


class MergeForm(ReasonForm):
    """Into which incident."""

    into = forms.CharField(
        label=gettext_lazy("Nomor insiden yang menerima"),
        max_length=20,
        help_text=gettext_lazy("Contoh: INS-2026-0001"),
    )

    field_order = ("into", "reason")


class OwnerForm(forms.Form):
    """Who answers for it."""

    owner = forms.ModelChoiceField(
        label=gettext_lazy("Penanggung jawab"), queryset=User.objects.none(), to_field_name="uid"
    )

    @override
    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["owner"], people)


class BreachForm(forms.Form):
    """Since when it is known that personal data were revealed."""

    known_at = MomentField(
        label=gettext_lazy("Diketahui sejak"), help_text=gettext_lazy("Tenggat 3 x 24 jam dihitung sejak waktu ini.")
    )


class NoteForm(OnceForm):
    """What happened, as a person says it."""

    text = forms.CharField(label=gettext_lazy("Catatan"), widget=_area(3), max_length=4000)
    at = MomentField(label=gettext_lazy("Waktu kejadian"), required=False, help_text=gettext_lazy("Kosong: sekarang."))
    is_key = forms.BooleanField(label=gettext_lazy("Peristiwa penting"), required=False)


class AttachForm(forms.Form):
    """A file that proves something."""

    file = forms.FileField(
        label=gettext_lazy("Berkas"),
        help_text=gettext_lazy("Jenis apa pun, sampai 20 MB. Tidak pernah dibuka di sini; hanya dapat diunduh."),
    )
    what = forms.CharField(label=gettext_lazy("Apa yang dibuktikan"), max_length=300)

    def clean_file(self) -> Any:
        return fitting(self.cleaned_data["file"])


def fitting(upload: Any) -> Any:
    """The upload when it is not too large for the register of evidence."""
    if upload is not None and upload.size > MAX_EVIDENCE:
        raise forms.ValidationError(_("Berkas lebih besar dari 20 MB. Kirim sebagian, atau padatkan dahulu."))
    return upload


class TaskForm(OnceForm):
    """A task that no template knew."""

    title = forms.CharField(label=gettext_lazy("Tugas"), max_length=200)
    instruction = forms.CharField(label=gettext_lazy("Petunjuk"), widget=_area(2), max_length=2000, required=False)
    due_at = DueField(label=gettext_lazy("Tenggat"), required=False)
    asked_of = _asked_of()


class TaskWorkForm(forms.Form):
    """How far a task is."""

    state = forms.ChoiceField(label=gettext_lazy("Keadaan"), choices=Task.State.choices)
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Pelaksana"), queryset=User.objects.none(), to_field_name="uid", required=False
    )
    outcome = forms.CharField(label=gettext_lazy("Hasil"), widget=_area(2), max_length=4000, required=False)

    @override
    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["owner"], people)


def _offer(field: forms.Field, people: list[User]) -> None:
    """Offer these people, read once for all forms of a page; the check reads the table."""
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = User.objects.filter(pk__in=[user.pk for user in people])
        empty = [] if field.required else [("", _("Belum ditentukan"))]
        field.widget.choices = [*empty, *((str(user.uid), user.display_name) for user in people)]


class SentForm(forms.Form):
    """That a notice was sent, and what proves it."""

    sent_at = MomentField(label=gettext_lazy("Dikirim pada"))
    receipt = forms.CharField(label=gettext_lazy("Nomor surat atau tanda terima"), max_length=500, required=False)
    proof = forms.FileField(
        label=gettext_lazy("Bukti kirim"),
        required=False,
        help_text=gettext_lazy("Salinan surel, tanda terima, atau tangkapan layar, sampai 20 MB."),
    )

    def clean_proof(self) -> Any:
        return fitting(self.cleaned_data["proof"])


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the reports say beside the timeline."""

    began_at = MomentField(label=gettext_lazy("Mulai terjadi"), required=False)
    affected_people = forms.IntegerField(
        label=gettext_lazy("Jumlah orang yang terdampak"), min_value=0, max_value=300_000_000, required=False
    )

    class Meta:
        model = Incident
        fields = (
            "title",
            "summary",
            "began_at",
            "impact",
            "cause",
            "recovery",
            "affected_people",
            "revealed_data",
        )
        labels = {
            "title": gettext_lazy("Judul"),
            "summary": gettext_lazy("Deskripsi insiden"),
            "impact": gettext_lazy("Dampak"),
            "cause": gettext_lazy("Sebab"),
            "recovery": gettext_lazy("Penanganan dan pemulihan"),
            "revealed_data": gettext_lazy("Data pribadi yang terungkap"),
        }
        help_texts = {
            "summary": gettext_lazy("Wilayah yang terdampak membacanya juga; jangan sebut orang dari wilayah lain."),
            "recovery": gettext_lazy("Diusulkan dari linimasa selama belum diisi; periksa sebelum menyimpan."),
            "revealed_data": gettext_lazy("Jenis datanya saja, misalnya nama, NIP, nomor rekening."),
        }
        widgets = {
            "summary": _area(4),
            "impact": _area(),
            "cause": _area(),
            "recovery": _area(),
            "revealed_data": _area(2),
        }


class ClockForm(forms.Form):
    """A legal clock's next version."""

    hours = forms.IntegerField(label=gettext_lazy("Batas (jam)"), min_value=1, max_value=720)
    recipient = forms.CharField(label=gettext_lazy("Kepada siapa"), max_length=300)
    sender = forms.CharField(label=gettext_lazy("Siapa yang mengirim"), max_length=300)
    source = forms.CharField(
        label=gettext_lazy("Dasar hukum"),
        max_length=200,
        help_text=gettext_lazy("Nomor, tahun, dan pasal. Contoh: Peraturan BSSN 1/2024 Pasal 15"),
    )
    source_checked_on = DateField(label=gettext_lazy("Diperiksa pada"))
    note = forms.CharField(label=gettext_lazy("Keterangan"), widget=_area(3), max_length=1000, required=False)


class TemplateForm(forms.Form):
    """A task template."""

    title = forms.CharField(label=gettext_lazy("Tugas"), max_length=200)
    instruction = forms.CharField(label=gettext_lazy("Petunjuk"), widget=_area(2), max_length=2000, required=False)
    due_minutes = forms.IntegerField(
        label=gettext_lazy("Tenggat (menit sejak insiden dibuka)"), min_value=1, max_value=129_600
    )
    asked_of = _asked_of()
    is_active = forms.BooleanField(label=gettext_lazy("Dipakai"), required=False)
