"""The form with which a person names the right superior."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.approvals.corrections import Proposal
from tenants.approvals.forms import NamesSomebody

OTHER = "lain"


class CorrectionForm(NamesSomebody):
    """One of the proposed, the likeliest chosen already, or somebody else by NIP."""

    choice = "superior"
    nothing_named = _("Isi NIP orang lain itu.")

    superior = forms.ChoiceField(label=_("Atasan yang benar"), widget=forms.RadioSelect)
    nip = forms.CharField(label=_("NIP orang lain"), required=False, max_length=25)
    note = forms.CharField(label=_("Keterangan"), required=False, max_length=500)

    def __init__(self, *args: Any, proposed: Sequence[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.employee.uid): one.employee for one in proposed}
        field = self.fields["superior"]
        if isinstance(field, forms.ChoiceField):
            people: list[tuple[str, Any]] = [
                (str(one.employee.uid), f"{one.employee.name}, {one.post}. {'. '.join(one.grounds)}.")
                for one in proposed
            ]
            field.choices = [*people, (OTHER, _("Orang lain"))]
        self.initial.setdefault("superior", next(iter(self.people), ""))
        if not proposed:
            del self.fields["superior"]
