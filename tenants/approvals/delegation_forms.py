"""The form with which authority is delegated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.web.forms import DateField, FirstToLast
from tenants.approvals.forms import NamesSomebody
from tenants.approvals.handlers import Handler
from tenants.employees.models import Employee

OTHER = "lain"


class DelegationForm(NamesSomebody, FirstToLast):
    """To whom, from when to when, and which kinds of documents."""

    choice = "receiver"
    nothing_named = _("Isi NIP pegawai lain itu.")

    first = DateField(label=_("Mulai"))
    last = DateField(label=_("Sampai"), help_text=_("Hari terakhir."))
    receiver = forms.ChoiceField(label=_("Kepada"), widget=forms.RadioSelect)
    nip = forms.CharField(label=_("NIP pegawai lain"), required=False, max_length=25)
    kinds = forms.MultipleChoiceField(
        label=_("Jenis dokumen"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Kosongkan untuk semua jenis."),
    )
    note = forms.CharField(label=_("Keterangan"), required=False, max_length=200)

    def __init__(self, *args: Any, people: Sequence[Employee], kinds: Sequence[Handler], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.uid): person for person in people}
        choices: dict[str, list[tuple[str, Any]]] = {
            "receiver": [*((uid, person.name) for uid, person in self.people.items()), (OTHER, _("Orang lain"))],
            "kinds": [(known.code, known.label) for known in kinds],
        }
        for name, options in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = options
