"""Forms of the appeals."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.ids import new_uid
from kernel.web.forms import RupiahField
from tenants.appeals.models import Appeal


class AppealForm(forms.Form):
    """What the person says against the line."""

    uraian = forms.CharField(
        label=_("Apa yang menurut Anda keliru"),
        widget=forms.Textarea(attrs={"rows": 4}),
        min_length=10,
        max_length=2000,
        help_text=_("Sebutkan tanggal dan suratnya bila ada. Paling sedikit 10 huruf."),
    )
    berkas = forms.FileField(label=_("Bukti"), required=False, help_text=_("PDF, JPG, atau PNG, paling besar 5 MB."))
    kunci = forms.UUIDField(widget=forms.HiddenInput, initial=new_uid)


class ReviseForm(forms.Form):
    """What the person answers to a return."""

    uraian = forms.CharField(
        label=_("Apa yang menurut Anda keliru"),
        widget=forms.Textarea(attrs={"rows": 4}),
        min_length=10,
        max_length=2000,
    )
    berkas = forms.FileField(
        label=_("Bukti baru"), required=False, help_text=_("Kosong: bukti yang lama tetap dipakai.")
    )


class RemedyForm(forms.Form):
    """What follows when the appeal is granted."""

    hasil = forms.ChoiceField(
        label=_("Hasil bila diterima"),
        choices=[choice for choice in Appeal.Remedy.choices if choice[0]],
        widget=forms.RadioSelect,
    )
    jumlah = RupiahField(
        label=_("Jumlah"),
        required=False,
        help_text=_("Wajib bila hasilnya sejumlah rupiah. Dengan tanda kurang untuk mengurangi."),
    )
    catatan = forms.CharField(
        label=_("Dasar"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("Surat atau data yang mendasarinya; dibaca pegawai dan pemeriksa."),
    )
    versi = forms.IntegerField(widget=forms.HiddenInput)
