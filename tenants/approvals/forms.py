"""Forms of the inbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from tenants.approvals.models import Decision
from tenants.employees.models import Employee

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

OTHER = "lain"
REASONS = [
    ("bukti", _("Bukti belum ada atau belum sesuai")),
    ("uraian", _("Uraian belum jelas")),
    ("menit", _("Waktu atau jumlahnya tidak wajar")),
    ("tugas", _("Bukan tugas jabatannya")),
    (OTHER, pgettext_lazy("alasan", "Lainnya")),
]
REFUSALS = [
    (Decision.Verdict.RETURNED.value, _("Kembalikan untuk diperbaiki")),
    (Decision.Verdict.REJECTED.value, _("Tolak, tidak dapat diajukan lagi")),
]


class RefusalForm(forms.Form):
    """Why documents go back, or are refused for good."""

    verdict = forms.ChoiceField(
        label=_("Keputusan"), choices=REFUSALS, widget=forms.RadioSelect, initial=Decision.Verdict.RETURNED.value
    )
    reason = forms.ChoiceField(label=_("Alasan"), choices=REASONS, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Keterangan"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Dibaca oleh pegawai. Sebutkan apa yang perlu diperbaiki."),
    )

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("reason") == OTHER and not cleaned.get("note"):
            self.add_error("note", gettext("Tulis alasannya."))
        return cleaned

    def words(self) -> str:
        """The reason as the owner will read it."""
        note = str(self.cleaned_data["note"]).strip()
        if self.cleaned_data["reason"] == OTHER:
            return note
        reason = str(dict(REASONS)[self.cleaned_data["reason"]])
        return f"{reason}: {note}" if note else reason


class RecallForm(forms.Form):
    """Why an approval is taken back."""

    note = forms.CharField(label=_("Alasan menarik kembali"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class NamesSomebody(forms.Form):
    """For forms that choose a person in the field `choice` or name anybody active by `nip`: the cleaned `person`."""

    choice = ""
    nothing_named: ClassVar[str | _StrPromise] = ""
    people: Mapping[str, Employee]

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
        chosen = self.people.get(values.get(self.choice) or "")
        if chosen is None and self.choice not in self.errors:
            self.add_error("nip", self.nothing_named)
        return chosen
