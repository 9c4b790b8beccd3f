"""Forms of the continuity kit."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.fallback.forms import OpdMonthForm


class AttendanceSheetForm(OpdMonthForm):
    """A filled sheet of attendance with its cover letter."""

    berkas = forms.FileField(
        label=_("Isian absen"),
        help_text=_(
            "Berkas isian-absen dari paket, XLSX (boleh masih terkunci) atau CSV. Satu baris salah, semua batal; yang "
            "salah disebut satu per satu. Baris tanpa jam dan keterangan dilewati."
        ),
    )
    nomor = forms.CharField(label=_("Nomor surat pengantar"), max_length=100)
    pengantar = forms.FileField(
        label=_("Surat pengantar"), help_text=_("Ditandatangani kepala OPD. PDF, JPG, atau PNG, sampai 5 MB.")
    )
    alasan = forms.CharField(
        label=_("Mengapa absen dicatat dengan tangan"),
        max_length=300,
        min_length=10,
        help_text=_("Misalnya: sistem tidak dapat diakses 3 sampai 21 Oktober. Paling sedikit 10 huruf."),
    )
