"""Forms of the rule set pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.web.forms import MonthField
from tenants.rules.engine import ready_rule_sets

MAX_BYTES = 1024 * 1024


class NewRuleSetForm(forms.Form):
    """A ready rule set or a file, and the month from which it counts."""

    siap = forms.ChoiceField(
        label=_("Aturan siap pakai"),
        required=False,
        help_text=_("Naskah yang disertakan platform; daerah memeriksa dan menandatanganinya sendiri."),
    )
    berkas = forms.FileField(label=_("Atau berkas YAML"), required=False)
    mulai = MonthField(label=_("Berlaku mulai bulan"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["siap"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Pilih")), *((code, code.replace("_", " ").title()) for code in ready_rule_sets())]

    @override
    def clean(self) -> dict[str, Any]:
        """Exactly one source."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(values.get("siap")) == bool(values.get("berkas")):
            self.add_error("berkas", _("Pilih aturan siap pakai, atau unggah satu berkas."))
        elif values.get("berkas") and values["berkas"].size > MAX_BYTES:
            self.add_error("berkas", _("Berkas lebih besar dari 1 MB."))
        return values
