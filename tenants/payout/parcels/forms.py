"""Forms of the steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.web.forms import DateField, MonthField, MonthInput, RupiahField
from tenants.organisation.models import Unit
from tenants.payout.parcels import steps
from tenants.payout.parcels.acting import Letter
from tenants.payout.parcels.patience import WAITED_FOR, patience
from tenants.payout.parcels.steps import Step
from tenants.payout.parcels.words import HOLDER_WORDS, STEP_WORDS
from tenants.tpp.models import MonthRun

_LETTERS = {Step.REQUESTED: "SPP", Step.SPM: "SPM", Step.SP2D: "SP2D"}


class BoardForm(forms.Form):
    """What the board is narrowed to."""

    # Another month is a step of the navigation away.
    bulan = MonthField(required=False, widget=MonthInput(attrs={"type": "hidden"}))
    jenis = forms.ChoiceField(label=_("Jenis"), choices=MonthRun.Kind.choices, required=False)
    tahap = forms.ChoiceField(label=_("Langkah berikutnya"), required=False)
    pemegang = forms.ChoiceField(label=_("Ada di"), required=False)
    terlambat = forms.BooleanField(label=_("Hanya yang terlambat"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[str, Any]]] = {
            "tahap": [("", _("Semua")), *((step.value, STEP_WORDS[step]) for step in WAITED_FOR)],
            "pemegang": [("", _("Semua")), *((holder.value, words) for holder, words in HOLDER_WORDS.items())],
        }
        for name, options in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = options


class StepForm(forms.Form):
    """What a step asks for: an SPP, SPM or SP2D with number, date and amount, and a note."""

    nomor = forms.CharField(label=_("Nomor"), max_length=100)
    tanggal = DateField(label=_("Tanggal"))
    jumlah = RupiahField(label=_("Jumlah"))
    alasan = forms.CharField(
        label=_("Catatan atau alasan"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, step: Step, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step = step
        if step not in steps.WITH_AMOUNT:
            del self.fields["jumlah"]
        if step not in steps.WITH_LETTER:
            del self.fields["nomor"], self.fields["tanggal"]
        else:
            self.fields["nomor"].label = _("Nomor %(letter)s") % {"letter": _LETTERS[step]}
            self.fields["tanggal"].label = _("Tanggal %(letter)s") % {"letter": _LETTERS[step]}
        if step is Step.SP2D:
            self.fields["jumlah"].help_text = _("Bila berbeda dengan yang dapat dibayar, tulis alasannya.")
        if step is Step.CLOSED:
            self.fields["alasan"].help_text = _("Wajib bila masih ada yang kurang.")

    def letter(self) -> Letter | None:
        """The letter of a valid form; None for a step without one."""
        if self.step not in steps.WITH_LETTER:
            return None
        values = self.cleaned_data
        return Letter(values["nomor"], values["tanggal"], values.get("jumlah"))


class ReasonForm(forms.Form):
    """Why the OPD gets its month back."""

    alasan = forms.CharField(label=_("Alasan"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class PatienceForm(forms.Form):
    """The working days that a parcel may lie before each step; a field has the step's name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for step, days in patience().items():
            self.fields[step.value] = forms.IntegerField(
                label=STEP_WORDS[step], min_value=1, max_value=60, initial=days, help_text=_("Hari kerja.")
            )

    def days(self) -> dict[Step, int]:
        """The days of a valid form."""
        return {Step(name): value for name, value in self.cleaned_data.items()}


class BulkForm(forms.Form):
    """A step for many OPDs."""

    langkah = forms.ChoiceField(
        choices=[(step.value, STEP_WORDS[step]) for step in (Step.CLOSED, Step.CHECKED, Step.CEILING)]
    )
    opd = forms.ModelMultipleChoiceField(queryset=Unit.objects.none(), to_field_name="uid", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["opd"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = Unit.objects.opds()
