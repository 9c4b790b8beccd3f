"""The form that confirms a signature."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from control.regions.models import Region
from control.signatures.models import Signature


class SignatureForm(forms.Form):
    """What was confirmed as an attack, where, and why."""

    kind = forms.ChoiceField(label=_("Jenis tanda"), choices=Signature.Kind.choices)
    written = forms.CharField(
        label=_("Tanda"),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("Teks atau frasa seperti tertulis, sidik teks, SHA-256 berkas, atau nama situs tanpa http."),
    )
    region = forms.ChoiceField(
        label=_("Ditemukan di wilayah"), required=False, help_text=_("Semua wilayah lain yang dicari.")
    )
    reason = forms.CharField(label=_("Alasan"), max_length=300, help_text=_("Mengapa ini terbukti serangan."))
    incident = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @override
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Region.objects.exclude(status=Region.Status.CLOSED).order_by("name").values_list("code", "name")
        self.fields["region"].choices = [("", _("Bukan dari wilayah tertentu")), *rows]  # type: ignore[attr-defined]
