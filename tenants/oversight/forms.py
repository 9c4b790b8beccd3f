"""Forms of the inspectorate's workspace."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.tenancy import here
from kernel.web.forms import DateField, MonthField, RupiahField
from tenants.organisation.models import Unit
from tenants.oversight.models import Finding, ProposedCorrection

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _long_text(label: _StrPromise, *, required: bool = True, help_text: str | _StrPromise = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=label, max_length=4000, widget=widget, required=required, help_text=help_text)


class SampleForm(forms.Form):
    """How a sample is drawn."""

    bulan = MonthField(label=_("Bulan"))
    opd = forms.ModelChoiceField(
        label=_("OPD"), queryset=Unit.objects.none(), to_field_name="uid", required=False, empty_label=_("Semua OPD")
    )
    persen = forms.DecimalField(
        label=_("Bagian acak (persen)"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        help_text=_("Dari semua pegawai yang bertugas, dibulatkan ke atas."),
    )
    risiko = forms.IntegerField(
        label=_("Ditambah yang paling berisiko (orang)"),
        min_value=0,
        max_value=500,
        help_text=_("Pegawai dengan tanda risiko terbanyak pada bulan itu."),
    )
    benih = forms.CharField(
        label=_("Benih acak"),
        max_length=60,
        help_text=_("Benih yang sama memberi daftar yang sama, sehingga pengambilan dapat diulang oleh siapa pun."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["opd"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Unit.objects.active().opds().order_by("name")


class FindingForm(forms.Form):
    """A finding on something in a person's month."""

    perihal = forms.ChoiceField(label=_("Perihal"), choices=Finding.Subject.choices)
    tentang = forms.CharField(
        label=_("Tentang"), max_length=300, help_text=_("Hari, aktivitas, atau baris slip yang dimaksud.")
    )
    uraian = _long_text(_("Uraian temuan"))
    tenggat = DateField(label=_("Dijawab paling lambat"))
    kunci = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def clean_tenggat(self) -> date:
        """Today or later."""
        due: date = self.cleaned_data["tenggat"]
        if due < here.today():
            raise forms.ValidationError(_("Pilih hari ini atau sesudahnya."))
        return due


class AnswerForm(forms.Form):
    """What the person or the OPD says."""

    jawaban = _long_text(_("Jawaban"))


class ConclusionForm(forms.Form):
    """How a finding ends."""

    kesimpulan = _long_text(_("Kesimpulan"))


class CorrectionForm(forms.Form):
    """Rupiah to be taken back."""

    jumlah = RupiahField(
        label=_("Jumlah yang dikembalikan"),
        min_value=1,
        max_value=10**9,
        help_text=_("Dipotong dari TPP bulan terbuka berikutnya bila BKPSDM menerima. Slip yang lalu tidak berubah."),
    )
    alasan = _long_text(_("Dasar perhitungan"))


class DecisionForm(forms.Form):
    """What the personnel agency decides on a proposed correction."""

    putusan = forms.ChoiceField(
        label=_("Keputusan"), choices=[("terima", _("Terima")), ("tolak", _("Tolak"))], widget=forms.RadioSelect
    )
    catatan = _long_text(_("Catatan"), required=False, help_text=_("Wajib bila ditolak."))

    def __init__(self, *args: Any, correction: ProposedCorrection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if correction.state == ProposedCorrection.State.ACCEPTED:
            field = cast(forms.ChoiceField, self.fields["putusan"])
            field.choices = [("tolak", _("Batalkan penerimaan, selama belum dipotong"))]

    @override
    def clean(self) -> dict[str, object]:
        """A refusal says why."""
        values: dict[str, object] = super().clean() or self.cleaned_data
        if values.get("putusan") == "tolak" and not str(values.get("catatan") or "").strip():
            self.add_error("catatan", _("Tulis alasan penolakan."))
        return values


class ExaminedForm(forms.Form):
    """That a person's month has been gone through."""

    catatan = forms.CharField(label=_("Catatan pemeriksa"), max_length=500, required=False)
