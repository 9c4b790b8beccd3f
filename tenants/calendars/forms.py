"""Forms of the calendar's days: holidays, days of one unit, time zones of units."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.web.forms import DateField
from tenants.calendars.models import TIME_ZONES, Holiday


class ConfirmForm(forms.Form):
    """The decree against which the ticked drafts were compared."""

    source = forms.CharField(
        label=_("Nomor keputusan"),
        max_length=200,
        help_text=_("Nomor SKB 3 Menteri atau keputusan lain yang sudah Anda bandingkan."),
    )


class HolidayForm(forms.Form):
    """A holiday that the region adds, or a working day in the stead of a free one."""

    date = DateField(label=_("Tanggal"))
    name = forms.CharField(label=_("Nama hari"), max_length=200)
    kind = forms.ChoiceField(label=_("Jenis"), initial=Holiday.Kind.DAERAH)
    like_weekday = forms.TypedChoiceField(
        label=_("Jam kerja seperti hari"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Hari itu sendiri")), *WEEKDAYS.items()],
        help_text=_("Hanya untuk hari kerja pengganti: Sabtu yang dikerjakan dengan jam hari Senin, misalnya."),
    )
    source = forms.CharField(
        label=_("Dasar"), max_length=200, help_text=_("Nomor keputusan atau surat edaran, misalnya SE Sekda 12/2026.")
    )

    def __init__(self, *args: Any, for_unit: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = Holiday.Kind
        offered = (kinds.UNIT, kinds.KERJA) if for_unit else tuple(kind for kind in kinds if kind != kinds.UNIT)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(kind.value, kind.label) for kind in offered]
        if for_unit:
            field.initial = kinds.UNIT

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("like_weekday") is not None and values.get("kind") != Holiday.Kind.KERJA:
            self.add_error("like_weekday", _("Hanya untuk hari kerja pengganti. Kosongkan."))
        return values


class ZoneForm(forms.Form):
    """By which clock a unit works."""

    zone = forms.ChoiceField(label=_("Zona waktu"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["zone"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Ikut unit di atasnya")), *TIME_ZONES]


class RemovalForm(forms.Form):
    """Why a day is no day off here."""

    reason = forms.CharField(label=_("Alasan"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class RosterSheetForm(forms.Form):
    """A month's roster as a sheet."""

    berkas = forms.FileField(
        label=_("Berkas XLSX"),
        help_text=_("Unduh dulu, isi kode sif, lalu unggah. Kosong: ikut pola; L atau -: libur."),
    )
