"""The form with which a visit is asked for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from control.breakglass.actions import NOT_AS
from kernel.ids import new_uid
from kernel.permissions import REGION_ROLES

MINUTES = ((15, _("15 menit")), (30, _("30 menit")), (60, _("60 menit")))


class VisitForm(forms.Form):
    """Why, for how long, and as whom the operator looks. `key` makes a second sending harmless."""

    reason = forms.CharField(
        label=_("Alasan"),
        max_length=300,
        help_text=_("Dibaca Diskominfo wilayah bersama setiap halaman yang Anda buka."),
    )
    minutes = forms.TypedChoiceField(label=_("Lama kunjungan"), coerce=int, choices=MINUTES)
    role = forms.ChoiceField(
        label=_("Melihat sebagai"),
        choices=[(code, name) for code, name in REGION_ROLES.items() if code not in NOT_AS],
        initial="diskominfo",
        help_text=_("Pilih peran yang paling sempit untuk keperluan ini."),
    )
    incident = forms.UUIDField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_uid)
