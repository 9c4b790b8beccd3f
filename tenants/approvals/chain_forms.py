"""Forms of the chains: a version with its levels, its end, and the look at who would decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.accounts.models import Role
from kernel.web.forms import DateField
from tenants.approvals.chains import StepInput
from tenants.approvals.handlers import Handler, handlers
from tenants.approvals.models import Chain, ChainStep
from tenants.organisation.models import Position

PREFIX: Final = "tingkat"
MOST_LEVELS: Final = 9
_POSITION_KINDS = [("", _("Semua jenis jabatan")), *Position.Kind.choices]


class ChainForm(forms.Form):
    """A new version of a chain. The kind of position only for documents of employees."""

    name = forms.CharField(label=_("Nama"), max_length=100)
    position_kind = forms.ChoiceField(
        label=_("Untuk jabatan"),
        choices=_POSITION_KINDS,
        required=False,
        help_text=_("Rantai untuk satu jenis jabatan didahulukan dari rantai umum."),
    )
    valid_from = DateField(
        label=_("Berlaku mulai"), help_text=_("Yang sudah diajukan sebelum tanggal itu tetap mengikuti rantai lama.")
    )

    def __init__(self, *args: Any, document: Handler, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if document.of_region:
            del self.fields["position_kind"]


class StepForm(forms.Form):
    """One level."""

    approver = forms.ChoiceField(label=_("Yang memutuskan"), choices=ChainStep.Approver.choices)
    role_code = forms.ChoiceField(label=_("Peran"), required=False, help_text=_("Hanya untuk pemegang peran."))
    days_to_decide = forms.IntegerField(label=_("Batas waktu"), min_value=1, max_value=60, initial=5)
    day_kind = forms.ChoiceField(label=_("Dihitung dalam"), choices=ChainStep.Days.choices)
    fallback = forms.ChoiceField(label=_("Bila tidak ada orangnya"), choices=ChainStep.Fallback.choices)
    after_deadline = forms.ChoiceField(label=_("Sesudah batas waktu"), choices=ChainStep.AfterDeadline.choices)
    only_exceptions = forms.BooleanField(
        label=_("Hanya yang perlu diperiksa"),
        required=False,
        help_text=_("Yang wajar melewati tingkat ini."),
    )

    def __init__(self, *args: Any, document: Handler, **kwargs: Any) -> None:
        # Every level that is sent counts: one left empty is a mistake, not an absence.
        super().__init__(*args, **{**kwargs, "empty_permitted": False})
        roles = Role.objects.order_by("name").values_list("code", "name")
        role = self.fields["role_code"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 (the class says so)
        role.choices = [("", gettext("(tidak ada)")), *roles]
        if document.of_region:
            after = self.fields["after_deadline"]
            assert isinstance(after, forms.ChoiceField)  # noqa: S101 (the class says so)
            after.choices = [c for c in ChainStep.AfterDeadline.choices if c[0] != ChainStep.AfterDeadline.COUNT]
        if document.measure_label:
            self.fields["measure_from"] = forms.DecimalField(
                label=gettext("Hanya mulai dari (%(unit)s)") % {"unit": document.measure_label},
                min_value=1,
                max_digits=16,
                decimal_places=0,
                required=False,
                help_text=_("Yang lebih kecil melewati tingkat ini."),
            )

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if str(cleaned.get("approver", "")).startswith("peran") and not cleaned.get("role_code"):
            self.add_error("role_code", gettext("Pilih perannya."))
        return cleaned

    def step(self) -> StepInput:
        values = self.cleaned_data
        return StepInput(
            approver=values["approver"],
            role_code=values["role_code"] if values["approver"].startswith("peran") else "",
            fallback=values["fallback"],
            days_to_decide=values["days_to_decide"],
            day_kind=values["day_kind"],
            after_deadline=values["after_deadline"],
            only_exceptions=values["only_exceptions"],
            measure_from=values.get("measure_from"),
        )


StepFormSet = forms.formset_factory(
    StepForm, extra=0, min_num=1, max_num=MOST_LEVELS, absolute_max=MOST_LEVELS, validate_min=True
)
_STEP_FIELDS: Final = (
    "approver",
    "role_code",
    "days_to_decide",
    "day_kind",
    "fallback",
    "after_deadline",
    "only_exceptions",
    "measure_from",
)
NEW_LEVEL: Final[Mapping[str, Any]] = {
    "approver": ChainStep.Approver.DIRECT_SUPERIOR,
    "days_to_decide": 5,
    "day_kind": ChainStep.Days.CALENDAR,
    "fallback": ChainStep.Fallback.NEXT_SUPERIOR,
    "after_deadline": ChainStep.AfterDeadline.WAIT,
}


def levels_of(chain: Chain | None) -> list[dict[str, Any]]:
    """The levels of a chain as the form begins with them; one new level without a chain."""
    if chain is None:
        return [dict(NEW_LEVEL)]
    return [
        {name: getattr(step, name) for name in _STEP_FIELDS}
        | {"measure_from": None if step.measure_from is None else int(step.measure_from)}
        for step in chain.steps.all()
    ]


def levels_sent(post: MultiValueDict[str, str]) -> list[dict[str, Any]]:
    """The levels as they stand in what was sent, right or wrong."""
    try:
        count = min(int(post.get(f"{PREFIX}-TOTAL_FORMS", "0")), MOST_LEVELS)
    except ValueError:
        count = 0
    return [{name: post.get(f"{PREFIX}-{n}-{name}", "") for name in _STEP_FIELDS} for n in range(count)]


def rearranged(levels: Sequence[dict[str, Any]], change: str) -> list[dict[str, Any]]:
    """The levels after one press: `tambah`, `hapus-N`, `naik-N` or `turun-N`, N from 0; else as they are."""
    rows = list(levels)
    what, _dash, place = change.partition("-")
    if what == "tambah" and len(rows) < MOST_LEVELS:
        return [*rows, dict(NEW_LEVEL)]
    if not place.isdecimal() or int(place) >= len(rows):
        return rows
    index = int(place)
    if what == "hapus" and len(rows) > 1:
        del rows[index]
    elif what == "naik" and index > 0:
        rows[index - 1], rows[index] = rows[index], rows[index - 1]
    elif what == "turun" and index < len(rows) - 1:
        rows[index + 1], rows[index] = rows[index], rows[index + 1]
    return rows


class EndForm(forms.Form):
    """From when a chain is no longer in force."""

    valid_from = DateField(label=_("Berakhir mulai"))


class PreviewForm(forms.Form):
    """Whose document is looked at, of which kind, on which day."""

    jenis = forms.ChoiceField(label=_("Jenis dokumen"))
    pegawai = forms.CharField(label=_("Pegawai"), max_length=100, help_text=_("NIP atau nama."))
    tanggal = DateField(label=_("Pada tanggal"), required=False)
    ukuran = forms.IntegerField(
        label=_("Ukuran"), required=False, min_value=0, help_text=_("Misalnya lama cuti dalam hari.")
    )
    perlu_diperiksa = forms.BooleanField(label=_("Anggap perlu diperiksa"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["jenis"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 (the class says so)
        kind.choices = [(document.code, document.label) for document in handlers()]
