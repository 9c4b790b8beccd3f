"""Forms of the inbox and of the chains."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.accounts.models import Role
from kernel.web.forms import DateField
from tenants.approvals.chains import StepInput
from tenants.approvals.models import ChainStep, Decision

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


class ChainForm(forms.Form):
    """A new version of a chain."""

    name = forms.CharField(label=_("Nama"), max_length=100)
    valid_from = DateField(
        label=_("Berlaku mulai"), help_text=_("Yang sudah diajukan sebelum tanggal itu tetap mengikuti rantai lama.")
    )


class StepForm(forms.Form):
    """One level; left empty it is no level."""

    field_order = ("approver", "role_code", "fallback", "days_to_decide")

    approver = forms.ChoiceField(
        label=_("Yang memutuskan"), required=False, choices=[("", _("(tidak dipakai)")), *ChainStep.Approver.choices]
    )
    fallback = forms.ChoiceField(label=_("Bila jabatan itu kosong"), choices=ChainStep.Fallback.choices, required=False)
    days_to_decide = forms.IntegerField(
        label=_("Batas waktu (hari)"), min_value=1, max_value=60, initial=5, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = Role.objects.order_by("name").values_list("code", "name")
        self.fields["role_code"] = forms.ChoiceField(
            label=_("Peran"),
            required=False,
            choices=[("", _("(tidak ada)")), *roles],
            help_text=_("Hanya untuk pemegang peran."),
        )

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if str(cleaned.get("approver", "")).startswith("peran") and not cleaned.get("role_code"):
            self.add_error("role_code", gettext("Pilih perannya."))
        return cleaned

    def step(self) -> StepInput | None:
        """The level, None when it is left empty."""
        values = self.cleaned_data
        if not values.get("approver"):
            return None
        return StepInput(
            approver=values["approver"],
            role_code=values["role_code"],
            fallback=values["fallback"] or ChainStep.Fallback.NEXT_SUPERIOR,
            days_to_decide=values["days_to_decide"] or 5,
        )


StepFormSet = forms.formset_factory(StepForm, extra=3, max_num=3, absolute_max=3)
