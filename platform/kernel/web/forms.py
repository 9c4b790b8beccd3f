"""How forms look: the renderer of every Django form and the fields that Django does not have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.figures import NotAFigure, read_rupiah, read_small
from kernel.periods import FIRST_DAY, LAST_DAY

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_CHECK_THE_YEAR = _("Periksa tahunnya.")
_COUNTED_DAYS: list[Callable[[Any], None]] = [
    MinValueValidator(FIRST_DAY, _CHECK_THE_YEAR),
    MaxValueValidator(LAST_DAY, _CHECK_THE_YEAR),
]


class Renderer(TemplatesSetting):
    """FORM_RENDERER: `{{ form }}` gives the error summary and each field with label, help, error and control."""

    form_template_name = "components/form.html"
    formset_template_name = "components/formset.html"
    field_template_name = "components/field.html"


class DateInput(forms.DateInput):
    """The phone's own calendar; the value travels in ISO form whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The phone's own clock, to the minute."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DateField(forms.DateField):
    """A date, entered through `DateInput`."""

    widget = DateInput
    default_validators = _COUNTED_DAYS


class TimeField(forms.TimeField):
    """A wall-clock time, entered through `TimeInput`."""

    widget = TimeInput


class MonthInput(forms.DateInput):
    """A month of a year; a browser without a month picker takes `2026-11`."""

    input_type = "month"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"placeholder": "2026-11", "pattern": "[0-9]{4}-[0-9]{2}", **(attrs or {})}, format="%Y-%m")


class MonthField(forms.DateField):
    """A month, cleaned to its first day."""

    widget = MonthInput
    default_validators = _COUNTED_DAYS
    input_formats = ["%Y-%m"]
    default_error_messages = {"invalid": _("Isi bulan seperti 2026-11.")}

    @override
    def clean(self, value: Any) -> dt.date | None:
        month: dt.date | None = super().clean(value)
        return month


class RupiahField(forms.DecimalField):
    """Whole rupiah, typed as people write them: `3660909`, `3.660.909`, `Rp 3.660.909`."""

    default_error_messages = {"invalid": _("Isi jumlah rupiah tanpa sen, misalnya 3.660.909.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(decimal_places=0, **kwargs)

    @override
    def prepare_value(self, value: Any) -> Any:
        """A sum that the page itself puts in, as people write it; what was typed stays as it was."""
        return f"{value:,.0f}".replace(",", ".") if isinstance(value, Decimal | int) else value

    @override
    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            try:
                value = read_rupiah(value) if value.strip() else ""
            except NotAFigure:
                raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return super().to_python(value)


class PercentField(forms.DecimalField):
    """A percent above 0 up to 100 with two decimals at most, typed as people write it: `2,5`, `2.5`, `2,5 %`."""

    default_error_messages = {"invalid": _("Isi persen, misalnya 2,5.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_digits=5, decimal_places=2, min_value=Decimal("0.01"), max_value=100, **kwargs)

    @override
    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            try:
                value = read_small(value) if value.strip() else ""
            except NotAFigure:
                raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return super().to_python(value)


class FilesInput(forms.ClearableFileInput):
    """Several files at once; a phone offers its camera."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of files, empty when none was chosen."""

    widget = FilesInput

    @override
    def clean(self, data: Any, initial: Any = None) -> Any:
        if not data:
            return []
        one = super().clean
        return [one(file, initial) for file in (data if isinstance(data, list | tuple) else [data])]


class FirstToLast(forms.Form):
    """For forms with a `first` and a `last` day: the last is not before the first."""

    reversed_words: ClassVar[str | _StrPromise] = _("Tanggal akhir harus sama dengan atau sesudah tanggal mulai.")

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first: dt.date | None = values.get("first")
        last: dt.date | None = values.get("last")
        if first and last and last < first:
            self.add_error("last", self.reversed_words)
        return values


class DatedCorrection(forms.Form):
    """For forms that put a `kernel.dated.DatedRecord` right: why, and the first record may begin on no day."""

    reason = forms.CharField(label=_("Alasan"), max_length=300, help_text=_("Tercatat di jejak audit."))

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:
            self.fields["first"].required = False
            self.fields["first"].help_text = _("Kosong: berlaku sejak awal.")
