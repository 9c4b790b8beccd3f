"""Forms of the try-out pages."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.date_words import month_words
from kernel.periods import Month
from tenants.rules.models import StoredRuleSet


class TryOutForm(forms.Form):
    """Which rule set over which months."""

    aturan = forms.ChoiceField(label=_("Naskah aturan"))
    bulan = forms.MultipleChoiceField(
        label=_("Bulan yang dihitung ulang"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Pilih sedikitnya satu bulan.")},
        help_text=_("Hanya bulan yang sudah selesai dihitung. Paling banyak 12 bulan."),
    )

    def __init__(self, *args: Any, months: Collection[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sets = StoredRuleSet.objects.exclude(state=StoredRuleSet.State.DISCARDED).order_by("-id")[:100]
        rules, chosen = self.fields["aturan"], self.fields["bulan"]
        if isinstance(rules, forms.ChoiceField) and isinstance(chosen, forms.MultipleChoiceField):
            rules.choices = [(str(stored.uid), f"{stored} ({stored.get_state_display()})") for stored in sets]
            chosen.choices = [(str(month), month_words(month)) for month in months]

    def rule_set(self) -> UUID:
        """The rule set of a valid form."""
        return UUID(self.cleaned_data["aturan"])

    def months(self) -> list[Month]:
        """The months of a valid form."""
        return [Month.parse(text) for text in self.cleaned_data["bulan"]]
