"""The answer to something that is asked."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.ids import new_uid
from tenants.security.models import Answer


class AnswerForm(forms.Form):
    """What is answered, in words where that helps. `key` makes a second sending harmless."""

    kind = forms.ChoiceField(label=_("Tanggapan"), choices=Answer.Kind.choices)
    text = forms.CharField(
        label=_("Keterangan"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Dibaca meja insiden platform. Jangan tuliskan kata sandi."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_uid)
