"""Forms of the people and account pages."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.accounts.models import Role
from kernel.permissions import declared
from kernel.web.forms import DatedCorrection, DateField, FirstToLast
from tenants.employees.errors import StopRefused
from tenants.employees.models import Employee, Placement, ServiceStop, Standing
from tenants.employees.nip_field import NipField
from tenants.employees.roster_sheet import example_grade, grade_of
from tenants.employees.stops import StopInput
from tenants.organisation.models import Position, Unit


class RosterForm(forms.Form):
    """The workbook with units, positions and people."""

    file = forms.FileField(
        label=_("Berkas XLSX"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        help_text=_("Berkas contoh yang sudah diisi, paling besar 20 MB."),
    )


class FilterForm(forms.Form):
    """What the list of people is narrowed to."""

    cari = forms.CharField(label=_("Nama atau NIP"), required=False, max_length=100)
    opd = forms.ChoiceField(label=_("OPD"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False)
    keadaan = forms.ChoiceField(label=_("Keadaan"), required=False)

    def __init__(self, *args: Any, opds: Collection[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[str, Any]]] = {
            "opd": [("", _("Semua OPD")), *((str(opd.uid), opd.name) for opd in opds)],
            "status": [("", _("Semua status")), *Employee.Status.choices],
            "keadaan": [("", _("Aktif")), ("kosong", _("Tanpa jabatan")), ("nonaktif", _("Nonaktif"))],
        }
        for name, options in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = options


class EmployeeForm(forms.Form):
    """What an official corrects by hand; status, golongan and posts are dated and have their own forms."""

    name = forms.CharField(label=_("Nama"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)


class StandingForm(forms.Form):
    """Status and golongan from a day on."""

    status = forms.ChoiceField(label=_("Status"), choices=Employee.Status.choices)
    golongan = forms.CharField(
        label=_("Golongan"), max_length=6, required=False, help_text=_("III/a untuk PNS, IX untuk PPPK.")
    )
    first = DateField(
        label=_("TMT"),
        help_text=_("Hari pertama berlakunya. Bulan dibayar menurut keadaan pada tanggal acuan peraturan TPP."),
    )
    letter_number = forms.CharField(label=_("Nomor SK"), max_length=100, required=False)

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        status = values.get("status", "")
        if status and "golongan" in values:
            grade = grade_of(status, values["golongan"])
            if grade is None:
                words = _("Golongan untuk %(status)s tidak dikenal. Tulis seperti %(example)s.")
                self.add_error("golongan", words % {"status": status, "example": example_grade(status)})
            else:
                values["golongan"] = grade
        return values


class StandingCorrectionForm(DatedCorrection, StandingForm):
    """A wrong record put right; the first one of a person may begin on no day."""

    @classmethod
    def initial_of(cls, standing: Standing) -> dict[str, Any]:
        return {
            "status": standing.status,
            "golongan": standing.golongan,
            "first": standing.period.lower,
            "letter_number": standing.letter_number,
        }


class PlacementForm(FirstToLast):
    """A post: definitive (mutasi) or acting."""

    reversed_words = _("Tanggal akhir harus sama dengan atau sesudah TMT.")

    position = forms.CharField(
        label=_("Kode jabatan"), max_length=40, help_text=_("Lihat kodenya di halaman Organisasi.")
    )
    kind = forms.ChoiceField(label=_("Jenis penempatan"), choices=Placement.Kind.choices)
    first = DateField(
        label=_("TMT"), help_text=_("Hari pertama. Penempatan definitif yang lama berakhir sehari sebelumnya.")
    )
    last = DateField(label=_("Sampai"), required=False, help_text=_("Hari terakhir; kosongkan bila seterusnya."))
    letter_number = forms.CharField(label=_("Nomor SK"), max_length=100)

    def __init__(self, *args: Any, scope: Collection[UUID] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._scope = scope

    def clean_position(self) -> Position:
        code = self.cleaned_data["position"].strip()
        found = Position.objects.active().in_opds(self._scope).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("Tidak ada jabatan dengan kode ini di OPD yang Anda kelola."))
        return found


class SuperiorForm(FirstToLast):
    """Who is the superior against the map of posts."""

    superior = NipField(label=_("NIP atasan yang benar"))
    first = DateField(label=_("Berlaku mulai"))
    last = DateField(label=_("Sampai"), required=False, help_text=_("Hari terakhir; kosongkan bila seterusnya."))
    reason = forms.CharField(label=_("Alasan"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    letter_number = forms.CharField(label=_("Nomor surat"), max_length=100, required=False)


class StopForm(FirstToLast):
    """A stop of paid service, as its letter says it."""

    kind = forms.ChoiceField(label=_("Jenis"), choices=ServiceStop.Kind.choices)
    first = DateField(
        label=_("Mulai"),
        help_text=_("TMT menurut SK: hari pertama tidak bertugas. Meninggal dunia: hari meninggalnya."),
    )
    last = DateField(
        label=_("Sampai"),
        required=False,
        help_text=_("Hari terakhir sebelum bertugas lagi; kosong bila belum diketahui atau tidak kembali."),
    )
    letter_number = forms.CharField(label=_("Nomor SK"), max_length=100)
    letter_date = DateField(label=_("Tanggal SK"))
    note = forms.CharField(label=_("Keterangan"), max_length=300, required=False)

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("kind") in ServiceStop.ENDINGS and values.get("last"):
            self.add_error("last", StopRefused("ending_is_final").message())
        return values

    def stop(self) -> StopInput:
        """What was filled in, once valid."""
        names = ("kind", "first", "last", "letter_number", "letter_date", "note")
        return StopInput(**{name: self.cleaned_data[name] for name in names})


class StopCorrectionForm(StopForm):
    """A wrong record put right."""

    reason = forms.CharField(label=_("Alasan"), max_length=300, help_text=_("Tercatat di jejak audit."))


class WithdrawStopForm(forms.Form):
    """Why a record should not be there."""

    reason = forms.CharField(label=_("Alasan"), max_length=300, help_text=_("Tercatat di jejak audit."))


class StopFilterForm(forms.Form):
    """What the region's list of stops is narrowed to."""

    cari = forms.CharField(label=_("Nama atau NIP"), required=False, max_length=100)
    jenis = forms.ChoiceField(
        label=_("Jenis"), required=False, choices=[("", _("Semua jenis")), *ServiceStop.Kind.choices]
    )
    keadaan = forms.ChoiceField(
        label=_("Keadaan"),
        required=False,
        choices=[("", _("Semua")), ("berjalan", _("Berjalan hari ini")), ("nanti", _("Mulai nanti"))],
    )


class EndForm(forms.Form):
    """The last day of a post."""

    last = DateField(label=_("Hari terakhir"))


class DeactivationForm(forms.Form):
    """The last day of service, and why."""

    last = DateField(label=_("Hari kerja terakhir"))
    reason = forms.CharField(
        label=_("Alasan"), max_length=300, help_text=_("Misalnya pensiun, pindah ke daerah lain, meninggal dunia.")
    )


class GrantForm(forms.Form):
    """A role, in one OPD or in the whole region."""

    role = forms.ModelChoiceField(
        label=_("Peran"), queryset=Role.objects.none(), to_field_name="code", empty_label=None
    )
    opd = forms.ModelChoiceField(
        label=_("Berlaku di"),
        queryset=Unit.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label=_("Seluruh daerah"),
    )

    def __init__(self, *args: Any, scope: Collection[UUID] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role, opd = self.fields["role"], self.fields["opd"]
        if isinstance(role, forms.ModelChoiceField):
            role.queryset = Role.objects.order_by("name")
        if isinstance(opd, forms.ModelChoiceField):
            opd.queryset = Unit.objects.opds().in_opds(scope).order_by("name")
            if scope is not None:
                opd.empty_label = None
                opd.required = True


class RoleForm(forms.Form):
    """What a role may do."""

    permissions = forms.MultipleChoiceField(
        label=_("Izin"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["permissions"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(p.name, p.label) for p in sorted(declared().values(), key=lambda p: p.label)]


class FactorForm(forms.Form):
    """From when a role requires a second factor."""

    days = forms.IntegerField(
        label=_("Wajib setelah berapa hari memegang peran"),
        min_value=0,
        max_value=90,
        required=False,
        help_text=_("0: langsung. Kosong: tidak wajib."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    begins = DateField(
        label=_("Paling cepat mulai tanggal"),
        required=False,
        help_text=_("Untuk masa pengenalan: sebelum tanggal ini belum wajib bagi siapa pun."),
    )


class CodesForm(forms.Form):
    """For whom codes are made."""

    opd = forms.ModelChoiceField(label=_("OPD"), queryset=Unit.objects.none(), to_field_name="uid", empty_label=None)

    def __init__(self, *args: Any, scope: Collection[UUID] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["opd"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Unit.objects.active().opds().in_opds(scope).order_by("name")
