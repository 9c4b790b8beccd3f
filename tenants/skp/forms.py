"""Forms of the SKP: sheets, settings, plans, realisations and assessments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.figures import NotAFigure, read_typed
from kernel.web.forms import FilesField, FilesInput, MonthField
from kernel.web.templatetags.kd import number
from tenants.employees.posts import Post
from tenants.skp.arrangement import Arrangement
from tenants.skp.assessments import AssessmentInput
from tenants.skp.behaviour import MOST, VALUES
from tenants.skp.models import Assessment, Expectation, Indicator, OrganisationRating, Plan, SkpSetting, WorkResult
from tenants.skp.plans import MOST_INDICATORS, IndicatorInput, ResultInput
from tenants.skp.reports import Reached, RealisationInput

_EVIDENCE = "image/jpeg,image/png,application/pdf"


class FigureField(forms.DecimalField):
    """A figure as people write it: `12`, `1.250`, `12,5`."""

    default_error_messages = {"invalid": _("Isi dengan angka, misalnya 12 atau 12,5.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    @override
    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            try:
                value = read_typed(value) if value.strip() else ""
            except NotAFigure:
                raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return super().to_python(value)

    @override
    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, Decimal) else value


class RatingSheetForm(forms.Form):
    """A month and its sheet."""

    month = MonthField(
        label=_("Bulan"), help_text=_("Bila daerah menilai per triwulan: salah satu bulan dari triwulan itu.")
    )
    sheet = forms.FileField(
        label=_("Lembar kerja (XLSX)"),
        help_text=_(
            "Dari e-Kinerja BKN atau SIASN, atau dengan kolom NIP, Predikat, Capaian SKP (%), Jumlah Perilaku. "
            "Tidak ada yang disimpan sebelum Anda setuju."
        ),
    )


class SettingForm(forms.Form):
    """From when, who keeps the SKP, how long a period is and how behaviour is rated."""

    valid_from = MonthField(label=_("Mulai bulan"))
    source = forms.ChoiceField(label=_("Sumber nilai"), choices=SkpSetting.Source.choices, widget=forms.RadioSelect)
    months_per_period = forms.TypedChoiceField(
        label=_("Periode penilaian"), choices=SkpSetting.Length.choices, coerce=int, widget=forms.RadioSelect
    )
    behaviour = forms.ChoiceField(
        label=_("Penilaian perilaku"),
        choices=SkpSetting.Behaviour.choices,
        widget=forms.RadioSelect,
        help_text=_("Aturan TPP yang memakai jumlah nilai perilaku memerlukan nilai 0 sampai 100."),
    )


class PlanForm(forms.Form):
    """For which post and year, and by which model."""

    position = forms.ChoiceField(label=_("Jabatan"))
    year = forms.TypedChoiceField(label=_("Tahun"), coerce=int)
    model = forms.ChoiceField(
        label=_("Model"),
        choices=Plan.Model.choices,
        widget=forms.RadioSelect,
        help_text=_("Pimpinan tinggi memakai model kuantitatif: setiap indikator memiliki angka target."),
    )

    def __init__(self, *args: Any, posts: Sequence[Post], years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (str(post.position_uid), f"{post.title}, {post.unit_name}") for post in posts
        ]
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]  # as above


class ResultForm(forms.Form):
    """One RHK."""

    statement = forms.CharField(
        label=_("Rencana hasil kerja"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(label=_("Jenis"), choices=WorkResult.Kind.choices)
    derived_from = forms.TypedChoiceField(
        label=_("Mendukung hasil kerja atasan"), required=False, coerce=UUID, empty_value=None
    )

    def __init__(self, *args: Any, origins: Sequence[WorkResult], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["derived_from"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("Tidak diturunkan dari atasan")),
            *((str(line.key), line.statement) for line in origins),
        ]
        if not origins:
            self.fields["derived_from"].help_text = _(
                "Atasan langsung belum memiliki rencana SKP yang disetujui untuk tahun ini."
            )


class IndicatorForm(forms.Form):
    """One IKI; left empty it is not taken."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    statement = forms.CharField(label=_("Indikator"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    # Its first choice does not make an empty form a filled one.
    aspect = forms.ChoiceField(label=_("Aspek"), choices=Indicator.Aspect.choices, initial=Indicator.Aspect.QUANTITY)
    target = forms.CharField(
        label=_("Target setahun"), max_length=120, help_text=_("Misalnya 12 laporan, atau dengan kata-kata.")
    )
    period_target = FigureField(
        label=_("Angka target satu periode"),
        required=False,
        min_value=Decimal("0.0001"),
        max_digits=16,
        decimal_places=4,
        help_text=_("Yang harus dicapai tiap periode; kosong bila targetnya kata-kata."),
    )
    unit = forms.CharField(label=_("Satuan angka"), max_length=60, required=False)
    less_is_better = forms.BooleanField(label=_("Lebih kecil lebih baik (hari, biaya)"), required=False)

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("period_target") is not None and not cleaned.get("unit"):
            self.add_error("unit", _("Isi satuannya."))
        return cleaned

    def entered(self) -> IndicatorInput:
        """What the valid form says."""
        values = self.cleaned_data
        return IndicatorInput(
            aspect=values["aspect"],
            statement=values["statement"],
            target=values["target"],
            unit=values["unit"],
            period_target=values["period_target"],
            less_is_better=values["less_is_better"],
            key=values["key"],
        )


if TYPE_CHECKING:
    IndicatorSet = BaseFormSet[IndicatorForm]
else:
    IndicatorSet = BaseFormSet


class _Indicators(IndicatorSet):
    @override
    def add_fields(self, form: IndicatorForm, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Hapus indikator ini")

    @override
    def clean(self) -> None:
        if not any(self.errors) and not self.entered():
            raise ValidationError(_("Isi paling sedikit satu indikator."))

    def entered(self) -> list[IndicatorInput]:
        """The filled ones that are not to be removed."""
        known = len(self.initial_forms)
        return [
            form.entered()
            for place, form in enumerate(self.forms)
            if (place < known or form.has_changed())
            and form.cleaned_data.get("statement")
            and not form.cleaned_data.get("DELETE")
        ]


def indicator_forms(
    data: Any = None, *, indicators: Sequence[Indicator] = (), spare: int = 2
) -> BaseFormSet[IndicatorForm]:
    """The forms of a result's indicators with some empty ones behind them."""
    kind = formset_factory(
        IndicatorForm,
        formset=_Indicators,
        extra=min(spare, MOST_INDICATORS - len(indicators)),
        max_num=MOST_INDICATORS,
        absolute_max=MOST_INDICATORS,
        can_delete=bool(indicators),
        can_delete_extra=False,
    )
    initial = [
        {
            "key": item.key,
            "statement": item.statement,
            "aspect": item.aspect,
            "target": item.target,
            "period_target": item.period_target,
            "unit": item.unit,
            "less_is_better": item.less_is_better,
        }
        for item in indicators
    ]
    return kind(data, initial=initial, prefix="iki")


def entered_result(form: ResultForm, indicators: Any) -> ResultInput:
    """What the two valid forms say."""
    values = form.cleaned_data
    return ResultInput(values["kind"], values["statement"], indicators.entered(), values["derived_from"])


class ExpectationsForm(forms.Form):
    """What the leader expects of each BerAKHLAK value."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in VALUES.items():
            self.fields[code] = forms.CharField(
                label=label, max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
            )


class ReportForm(forms.Form):
    """What was realised of each indicator, and files for each result. Fields are named by the keys."""

    removed = forms.MultipleChoiceField(
        label=_("Hapus bukti yang ada"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, lines: Sequence[Reached], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        files = []
        for line in lines:
            for indicator, done, _percent in line.rows:
                if indicator.period_target is not None:
                    self.fields[f"amount_{indicator.key}"] = FigureField(
                        label=_("Realisasi (%(unit)s)") % {"unit": indicator.unit},
                        required=False,
                        min_value=0,
                        max_digits=16,
                        decimal_places=4,
                        initial=None if done is None else done.amount,
                    )
                self.fields[f"text_{indicator.key}"] = forms.CharField(
                    label=_("Catatan") if indicator.period_target is not None else _("Realisasi"),
                    required=False,
                    max_length=500,
                    widget=forms.Textarea(attrs={"rows": 2}),
                    initial="" if done is None else done.text,
                )
            self.fields[f"files_{line.result.key}"] = FilesField(
                label=_("Tambah bukti"),
                required=False,
                help_text=_("Foto atau PDF, paling besar 5 MB."),
                widget=FilesInput(attrs={"accept": _EVIDENCE}),
            )
            files += [(str(row.file.uid), row.file.name) for row in line.files]
        if files:
            self.fields["removed"].choices = files  # type: ignore[attr-defined]  # a MultipleChoiceField
        else:
            del self.fields["removed"]

    @property
    def blocks(self) -> list[tuple[Reached, list[tuple[Indicator, list[forms.BoundField]]], forms.BoundField]]:
        """Each result with its indicators and their fields, for the page."""
        found = []
        for line in self.lines:
            rows = []
            for indicator, _done, _percent in line.rows:
                names = [f"amount_{indicator.key}", f"text_{indicator.key}"]
                rows.append((indicator, [self[name] for name in names if name in self.fields]))
            found.append((line, rows, self[f"files_{line.result.key}"]))
        return found

    def entered(self) -> dict[UUID, RealisationInput]:
        """What the valid form says, by indicator."""
        return {
            indicator.key: RealisationInput(
                self.cleaned_data.get(f"amount_{indicator.key}"), self.cleaned_data[f"text_{indicator.key}"]
            )
            for line in self.lines
            for indicator, _done, _percent in line.rows
        }

    def uploads(self) -> dict[UUID, list[Any]]:
        """New files, by result."""
        found = {line.result.key: self.cleaned_data[f"files_{line.result.key}"] for line in self.lines}
        return {key: files for key, files in found.items() if files}


class AssessmentForm(forms.Form):
    """A superior's assessment: achievement of each result, the seven values, the two ratings, words."""

    def __init__(
        self,
        *args: Any,
        lines: Sequence[Reached],
        arrangement: Arrangement,
        expectations: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        self.by_scores = arrangement.by_scores
        for line in lines:
            computed = line.percent
            self.fields[f"achieved_{line.result.key}"] = FigureField(
                label=_("Capaian (%)"),
                required=computed is None,
                min_value=0,
                max_value=100,
                max_digits=9,
                decimal_places=6,
                help_text=_("Kosongkan untuk memakai %(percent)s%% dari angka realisasi.")
                % {"percent": number(computed.quantize(Decimal("0.01")))}
                if computed is not None
                else _("0 sampai 100, menurut penilaian Anda atas realisasi dan buktinya."),
            )
        for code, label in VALUES.items():
            # A help text is shown as it is; these words were typed by a person.
            hint = escape(expectations.get(code, ""))
            if self.by_scores:
                self.fields[f"behaviour_{code}"] = forms.IntegerField(
                    label=label,
                    min_value=0,
                    max_value=MOST,
                    help_text=hint,
                    widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                )
            else:
                self.fields[f"behaviour_{code}"] = forms.ChoiceField(
                    label=label, choices=Expectation.choices, help_text=hint, widget=forms.RadioSelect
                )
        self.fields["result_rating"] = forms.ChoiceField(
            label=_("Hasil kerja"), choices=Expectation.choices, widget=forms.RadioSelect
        )
        self.fields["behaviour_rating"] = forms.ChoiceField(
            label=_("Perilaku kerja"), choices=Expectation.choices, widget=forms.RadioSelect
        )
        self.fields["feedback"] = forms.CharField(
            label=_("Umpan balik"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
        )

    @property
    def achieved(self) -> list[tuple[Reached, forms.BoundField]]:
        """Each result with its field, for the page."""
        return [(line, self[f"achieved_{line.result.key}"]) for line in self.lines]

    @property
    def behaviour(self) -> list[forms.BoundField]:
        return [self[f"behaviour_{code}"] for code in VALUES]

    def entered(self) -> AssessmentInput:
        """What the valid form says."""
        values = self.cleaned_data
        return AssessmentInput(
            achievements={line.result.key: values[f"achieved_{line.result.key}"] for line in self.lines},
            behaviour={code: values[f"behaviour_{code}"] for code in VALUES},
            result_rating=values["result_rating"],
            behaviour_rating=values["behaviour_rating"],
            feedback=values["feedback"],
        )

    @staticmethod
    def initial_of(before: Assessment | None, lines: Sequence[Reached]) -> dict[str, Any]:
        """What a reopened assessment said, to be changed; where the figures gave an achievement, they give it again."""
        if before is None:
            return {}
        computed = {line.result.key: line.percent for line in lines}
        return {
            **{f"achieved_{key}": percent for key, percent in before.achieved.items() if percent != computed.get(key)},
            **{f"behaviour_{code}": value for code, value in before.behaviour.items()},
            "result_rating": before.result_rating,
            "behaviour_rating": before.behaviour_rating,
            "feedback": before.feedback,
        }


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Alasan"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class FeedbackForm(forms.Form):
    """Words for a person."""

    text = forms.CharField(label=_("Umpan balik"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class OrganisationForm(forms.Form):
    """How an OPD is rated."""

    rating = forms.ChoiceField(
        label=_("Predikat kinerja organisasi"), choices=OrganisationRating.choices, widget=forms.RadioSelect
    )
