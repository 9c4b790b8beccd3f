"""Forms of the TPP pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.periods import Month
from kernel.web.forms import MonthField
from tenants.employees.nip_field import NipField
from tenants.organisation.models import Unit
from tenants.tpp.models import MonthRun


class MonthForm(forms.Form):
    """Which month to work on."""

    bulan = MonthField(label=_("Bulan"))

    def month(self) -> Month:
        """The month of a valid form."""
        return Month.of(self.cleaned_data["bulan"])


class RunForm(MonthForm):
    """What to compute: month, kind, and the OPDs when not all of them."""

    jenis = forms.ChoiceField(
        label=_("Jenis"),
        required=False,
        choices=[(kind.value, kind.label) for kind in MonthRun.Kind if kind != MonthRun.Kind.DIFFERENCE],
    )
    opd = forms.ModelMultipleChoiceField(
        label=_("OPD"), queryset=Unit.objects.none(), to_field_name="uid", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["opd"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = Unit.objects.opds()

    def opds(self) -> list[UUID]:
        """The OPDs of a valid form; none: all of them."""
        return [opd.uid for opd in self.cleaned_data["opd"]]


class SalaryForm(forms.Form):
    """A month's salary bases as a sheet."""

    bulan = MonthField(label=_("Bulan"))
    berkas = forms.FileField(
        label=_("Lembar XLSX"),
        help_text=_(
            "Kolom NIP dan Dasar gaji; bila aturan memakai TER juga PPh 21 gaji, PTKP dan Iuran pensiun. "
            "Ketik NIP sebagai teks supaya angkanya tidak dibulatkan."
        ),
    )

    def month(self) -> Month:
        """The month of a valid form."""
        return Month.of(self.cleaned_data["bulan"])


class OpdsForm(forms.Form):
    """OPDs ticked on the page of practice, and the month from which it counts."""

    opd = forms.ModelMultipleChoiceField(
        label=_("OPD"), queryset=Unit.objects.none(), to_field_name="uid", required=False
    )
    bulan = MonthField(label=_("Mulai bulan"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["opd"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = Unit.objects.opds()

    def month(self) -> Month:
        """The month of a valid form."""
        return Month.of(self.cleaned_data["bulan"])

    def opds(self) -> list[UUID]:
        """The OPDs of a valid form."""
        return [opd.uid for opd in self.cleaned_data["opd"]]


class PenaltyForm(forms.Form):
    """A discipline decision."""

    nip = NipField()
    tingkat = forms.ChoiceField(
        label=_("Tingkat"), choices=[("ringan", _("Ringan")), ("sedang", _("Sedang")), ("berat", _("Berat"))]
    )
    mulai = MonthField(label=_("Mulai bulan"))
    sampai = MonthField(label=_("Sampai sebelum bulan"), required=False)
    surat = forms.CharField(label=_("Nomor surat keputusan"), max_length=100)

    @override
    def clean(self) -> dict[str, Any]:
        """The end lies behind the beginning."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("sampai") and values.get("mulai") and values["sampai"] <= values["mulai"]:
            self.add_error("sampai", _("Bulan akhir harus sesudah bulan mulai."))
        return values


class HoldForm(forms.Form):
    """An official holds a person's payments."""

    nip = NipField()
    mulai = MonthField(label=_("Mulai bulan"))
    sampai = MonthField(label=_("Sampai bulan"), required=False, help_text=_("Kosong: sampai diakhiri."))
    alasan = forms.CharField(label=_("Alasan"), max_length=300, help_text=_("Terbaca pegawai di slipnya."))
    dasar = forms.CharField(label=_("Dasar"), max_length=200, help_text=_("Pasal atau nomor surat."))

    @override
    def clean(self) -> dict[str, Any]:
        """The last month is not before the first."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("sampai") and values.get("mulai") and values["sampai"] < values["mulai"]:
            self.add_error("sampai", _("Bulan akhir harus sama dengan atau sesudah bulan mulai."))
        return values


class ReleaseForm(forms.Form):
    """Why what is held may be paid, and by which document."""

    reason = forms.CharField(label=_("Alasan"), max_length=300, help_text=_("Misalnya LHKPN sudah diterima KPK."))
    document_number = forms.CharField(label=_("Nomor dokumen"), max_length=100)


class EndHoldForm(forms.Form):
    """From when an official's hold no longer holds."""

    mulai = MonthField(label=_("Tidak ditahan lagi mulai bulan"))
    alasan = forms.CharField(label=_("Alasan"), max_length=300, help_text=_("Tercatat di jejak audit."))
