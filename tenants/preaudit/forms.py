"""Forms of the check before payment."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class WaiverForm(forms.Form):
    """Why a hit is let through."""

    alasan = forms.CharField(
        label=_("Alasan"),
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=10,
        max_length=1000,
        help_text=_("Tercatat bersama nama Anda, dan dibaca pemeriksa. Paling sedikit 10 huruf."),
    )
    dokumen = forms.CharField(
        label=_("Nomor surat atau dokumen"), max_length=100, required=False, help_text=_("Bila ada.")
    )
