"""Forms of the ratings."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.web.forms import MonthField


class RatingSheetForm(forms.Form):
    """A month and its sheet."""

    month = MonthField(label=_("Bulan"))
    sheet = forms.FileField(
        label=_("Lembar kerja (XLSX)"),
        help_text=_(
            "Kolom: NIP, Predikat, Capaian SKP (%), Jumlah Perilaku. Tidak ada yang disimpan sebelum Anda setuju."
        ),
    )
