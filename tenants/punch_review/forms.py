"""Forms of the review."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.tenancy.context import current_region
from kernel.web.forms import DateField, TimeField
from tenants.punch_review.models import SelfieRule
from tenants.punch_review.scoring import QUEUE_FROM, SIGNALS
from tenants.punch_review.wording import TITLES


class DecideForm(forms.Form):
    """Rejecting, or correcting the time; accepting needs nothing."""

    reason = forms.CharField(
        label=_("Alasan"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Dibaca pegawai. Wajib bila absen tidak dihitung atau jamnya dibetulkan."),
    )
    date = DateField(label=_("Tanggal yang benar"), required=False)
    time = TimeField(label=_("Jam yang benar"), required=False)

    def counted_at(self) -> datetime | None:
        """The instant that was typed, None unless both parts were."""
        day, time = self.cleaned_data.get("date"), self.cleaned_data.get("time")
        return clock.at_local(day, time, current_region().time_zone) if day and time else None


class ExplainForm(forms.Form):
    """What the owner says."""

    text = forms.CharField(label=_("Penjelasan Anda"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class WeightsForm(forms.Form):
    """One field for each signal, and from which sum a punch is queued."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in (*SIGNALS, QUEUE_FROM):
            self.fields[code] = forms.IntegerField(label=TITLES[code], min_value=0, max_value=100)


class SelfieForm(forms.Form):
    """Whether punches come with a picture, and how long it is kept."""

    mode = forms.ChoiceField(label=_("Swafoto"), choices=SelfieRule.Mode.choices, widget=forms.RadioSelect)
    percent = forms.IntegerField(
        label=_("Contoh (persen absen)"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_("Hanya untuk contoh acak."),
    )
    keep_days = forms.IntegerField(label=_("Disimpan (hari)"), min_value=1, max_value=730)

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("percent") is None and "percent" not in self.errors:
            if values.get("mode") == SelfieRule.Mode.SAMPLE:
                self.add_error("percent", _("Isi berapa persen absen yang diminta."))
            values["percent"] = 0
        return values
