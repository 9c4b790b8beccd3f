"""Forms of the measures."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.web.forms import MonthField
from tenants.rules.engine import MeasureTitle


class MeasureSheetForm(forms.Form):
    """A month's figures of one code as a sheet."""

    bulan = MonthField(label=_("Bulan"))
    ukuran = forms.ChoiceField(label=_("Ukuran"))
    berkas = forms.FileField(
        label=_("Lembar XLSX"),
        help_text=_(
            "Kolom NIP (atau Kode unit) dan Nilai. Nilai yang sudah ada diganti; satu baris salah, semua batal."
        ),
    )

    def __init__(self, measures: Mapping[str, MeasureTitle], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["ukuran"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(code, title.label) for code, title in measures.items()]
