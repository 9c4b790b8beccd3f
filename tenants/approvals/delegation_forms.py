"""The form with which authority is delegated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.web.forms import DateField
from tenants.approvals.handlers import Handler
from tenants.employees.models import Employee

OTHER = "lain"


class DelegationForm(forms.Form):
    """To whom, from when to when, and which kinds of documents."""

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
        self._people = {str(person.uid): person for person in people}
        choices: dict[str, list[tuple[str, Any]]] = {
            "receiver": [*((uid, person.name) for uid, person in self._people.items()), (OTHER, _("Orang lain"))],
            "kinds": [(known.code, known.label) for known in kinds],
        }
        for name, options in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = options

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first: date | None = values.get("first")
        last: date | None = values.get("last")
        if first and last and last < first:
            self.add_error("last", gettext("Tanggal akhir harus sama dengan atau sesudah tanggal mulai."))
        values["person"] = self._person(values)
        return values

    def _person(self, values: dict[str, Any]) -> Employee | None:
        nip = str(values.get("nip", "")).replace(" ", "")
        if nip:
            found = Employee.objects.active().filter(nip=nip).first()
            if found is None:
                self.add_error("nip", gettext("Tidak ada pegawai aktif dengan NIP ini."))
            return found
        chosen = self._people.get(values.get("receiver") or "")
        if chosen is None and "receiver" not in self.errors:
            self.add_error("nip", gettext("Isi NIP pegawai lain itu."))
        return chosen
