"""Forms of the watch over names."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from control.regions.models import Region


class NameForm(forms.Form):
    """A public name of a government's own."""

    region = forms.ChoiceField(label=_("Wilayah"))
    name = forms.CharField(
        label=_("Nama host"),
        max_length=253,
        help_text=_("Situs milik pemerintah daerah, tanpa http. Contoh: dinas.manadokota.go.id"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "inputmode": "url"}),
    )

    @override
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Region.objects.exclude(status=Region.Status.CLOSED).order_by("name").values_list("code", "name")
        self.fields["region"].choices = [("", _("Pilih wilayah")), *rows]  # type: ignore[attr-defined]
