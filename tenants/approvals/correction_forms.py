"""The form with which a person names the right superior."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from tenants.approvals.corrections import Proposal
from tenants.employees.models import Employee

OTHER = "lain"


class CorrectionForm(forms.Form):
    """One of the proposed, the likeliest chosen already, or somebody else by NIP."""

    superior = forms.ChoiceField(label=_("Atasan yang benar"), widget=forms.RadioSelect)
    nip = forms.CharField(label=_("NIP orang lain"), required=False, max_length=25)
    note = forms.CharField(label=_("Keterangan"), required=False, max_length=500)

    def __init__(self, *args: Any, proposed: Sequence[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(one.employee.uid): one.employee for one in proposed}
        field = self.fields["superior"]
        if isinstance(field, forms.ChoiceField):
            people: list[tuple[str, Any]] = [
                (str(one.employee.uid), f"{one.employee.name}, {one.post}. {'. '.join(one.grounds)}.")
                for one in proposed
            ]
            field.choices = [*people, (OTHER, _("Orang lain"))]
        self.initial.setdefault("superior", next(iter(self._people), ""))
        if not proposed:
            del self.fields["superior"]

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["person"] = self._person(values)
        return values

    def _person(self, values: dict[str, Any]) -> Employee | None:
        nip = str(values.get("nip", "")).replace(" ", "")
        if nip:
            found = Employee.objects.active().filter(nip=nip).first()
            if found is None:
                self.add_error("nip", gettext("Tidak ada pegawai aktif dengan NIP ini."))
            return found
        chosen = self._people.get(values.get("superior") or "")
        if chosen is None and "superior" not in self.errors:
            self.add_error("nip", gettext("Isi NIP orang lain itu."))
        return chosen
