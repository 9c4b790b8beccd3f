"""Forms of the pages of differences."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.periods import Month
from kernel.web.forms import MonthField, RupiahField
from tenants.arrears.models import Order
from tenants.arrears.payments import COMPARED
from tenants.employees.nip_field import NipField
from tenants.organisation.models import Unit


class SpanForm(forms.Form):
    """Which closed months of which OPDs are compared, and in which month the result is paid."""

    pertama = MonthField(label=_("Bulan pertama"))
    terakhir = MonthField(label=_("Bulan terakhir"))
    dibayar = MonthField(
        label=_("Dibayar atau mulai dipotong pada"), help_text=_("Bulan berjalan atau bulan sebelumnya.")
    )
    opd = forms.ModelMultipleChoiceField(
        label=_("OPD"),
        queryset=Unit.objects.none(),
        to_field_name="uid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tanpa pilihan: semua OPD."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["opd"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = Unit.objects.opds().order_by("code")

    @override
    def clean(self) -> dict[str, Any]:
        """The last month is not before the first."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("pertama") and values.get("terakhir") and values["terakhir"] < values["pertama"]:
            self.add_error("terakhir", _("Bulan terakhir harus sama dengan atau sesudah bulan pertama."))
        return values

    def span(self) -> tuple[Month, Month]:
        """The first and the last month of a valid form."""
        return Month.of(self.cleaned_data["pertama"]), Month.of(self.cleaned_data["terakhir"])

    def opds(self) -> list[UUID] | None:
        """The OPDs of a valid form, None for all."""
        return [opd.uid for opd in self.cleaned_data["opd"]] or None


class OrderForm(forms.Form):
    """A sum of a closed month by decision."""

    nip = NipField(also_left=True, error_messages={"unknown": _("Tidak ada pegawai dengan NIP ini.")})
    bulan = MonthField(label=_("Untuk bulan"), help_text=_("Bulan yang sudah dikunci."))
    bayaran = forms.ChoiceField(
        label=_("Atas pembayaran"),
        choices=[(kind.value, kind.label) for kind in COMPARED],
        help_text=_("THR dan gaji ketiga belas: bulan dibayarnya."),
    )
    arah = forms.ChoiceField(
        label=_("Arah"), choices=[("plus", _("Tambahan")), ("minus", _("Pengurangan"))], widget=forms.RadioSelect
    )
    jumlah = RupiahField(label=_("Jumlah bruto"), help_text=_("Rupiah bulat sebelum pajak."))
    sumber = forms.ChoiceField(
        label=_("Dasar"),
        choices=[
            (Order.Source.COURT.value, Order.Source.COURT.label),
            (Order.Source.OTHER.value, Order.Source.OTHER.label),
        ],
    )
    surat = forms.CharField(label=_("Nomor surat atau putusan"), max_length=100)
    alasan = forms.CharField(label=_("Alasan"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    # A form sent twice is one decision.
    kunci = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def clean_jumlah(self) -> Any:
        """Whole rupiah above nothing; the direction is a field of its own."""
        amount = self.cleaned_data["jumlah"]
        if amount <= 0 or amount % 1:
            raise forms.ValidationError(_("Isi rupiah bulat di atas nol."))
        return amount


class ShareForm(forms.Form):
    """How much of a month's net may be taken back."""

    mulai = MonthField(label=_("Mulai bulan"))
    persen = forms.DecimalField(
        label=_("Paling banyak persen dari bersih"), min_value=1, max_value=100, max_digits=5, decimal_places=2
    )
    surat = forms.CharField(label=_("Dasar"), max_length=100, required=False)
