"""The form of a detection: the fields that its rule has, and no others."""

from __future__ import annotations

import copy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from control.watch.models import Detection
from control.watch.rules import DISTINCT, GROUPS, SUMS, Rule, RuleUnreadable, read_rule
from kernel.watching.names import KINDS, Severity

_LEVELS = [(level.value, level.label) for level in Severity]
# Which field shows what is wrong with a part of the content.
_FIELD_OF = {
    "window": "window_minutes",
    "suppress": "suppress_minutes",
    "distinct": "distinct",
    "sum": "sum",
    "steps": None,
    "": None,
}


class DetectionForm(forms.Form):
    """What an operator may change of a detection."""

    title = forms.CharField(label=_("Judul"), max_length=120)
    status = forms.ChoiceField(
        label=_("Keadaan"),
        choices=Detection.Status.choices,
        help_text=_("Konsep tidak dijalankan. Simulasi mencatat apa yang akan terjadi, tanpa membuka insiden."),
    )
    severity = forms.ChoiceField(label=_("Tingkat"), choices=_LEVELS)
    window_minutes = forms.IntegerField(label=_("Jendela waktu (menit)"), min_value=1, max_value=7 * 24 * 60)
    count = forms.IntegerField(label=_("Paling sedikit peristiwa"), min_value=1, max_value=1_000_000)
    distinct = forms.IntegerField(label=_("Paling sedikit yang berbeda"), min_value=1, max_value=1_000_000)
    ratio = forms.IntegerField(
        label=_("Paling sedikit bagian yang gagal (%)"),
        min_value=1,
        max_value=100,
        help_text=_("Dari semua percobaan kelompok itu, yang berhasil juga dihitung."),
    )
    sum = forms.IntegerField(min_value=0, max_value=100_000_000)
    usual_times = forms.IntegerField(
        label=_("Kelipatan dari kebiasaan"),
        min_value=1,
        max_value=1000,
        help_text=_("Terhadap persentil ke-95 dari 30 hari sebelumnya."),
    )
    office_from = forms.IntegerField(label=_("Jam kantor mulai"), min_value=0, max_value=23)
    office_to = forms.IntegerField(label=_("Jam kantor selesai"), min_value=1, max_value=24)
    group_by = forms.MultipleChoiceField(
        label=_("Dikelompokkan menurut"), choices=list(GROUPS.items()), widget=forms.CheckboxSelectMultiple
    )
    suppress_minutes = forms.IntegerField(
        label=_("Jeda sebelum peringatan baru (menit)"),
        min_value=0,
        max_value=30 * 24 * 60,
        help_text=_("Yang terjadi dalam jeda ini bergabung dengan peringatan yang ada."),
    )
    incident_from = forms.ChoiceField(label=_("Menjadi insiden mulai tingkat"), choices=_LEVELS)
    runbook = forms.CharField(
        label=_("Langkah penanganan"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000, required=False
    )
    reason = forms.CharField(label=_("Alasan perubahan"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)

    @override
    def __init__(self, *args: Any, detection: Detection, **kwargs: Any) -> None:
        self.detection = detection
        self.rule = detection.rule
        kwargs["initial"] = _initial(detection, self.rule)
        super().__init__(*args, **kwargs)
        for name in _unused(self.rule):
            del self.fields[name]
        if "sum" in self.fields:
            self.fields["sum"].label = _("Paling sedikit jumlah %(what)s") % {"what": SUMS[self.rule.sum_of]}
        for place, item in enumerate(self.rule.escalations):
            self.fields[f"level_{place}"] = forms.ChoiceField(
                label=_("Tingkat bila %(condition)s") % {"condition": condition_words(item)},
                choices=_LEVELS,
                initial=item.severity.value,
            )
            if item.count or item.distinct:
                self.fields[f"bound_{place}"] = forms.IntegerField(
                    label=_("Batas untuk tingkat itu"), min_value=1, initial=item.count or item.distinct
                )
        added = [name for name in self.fields if name.startswith(("level_", "bound_"))]
        self.order_fields(["title", "status", "severity", *added])
        for name in ("runbook", "reason", "version"):
            self.fields[name] = self.fields.pop(name)

    @override
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            read_rule(self.content())
        except RuleUnreadable as error:
            field = _FIELD_OF.get(error.part, error.part)
            self.add_error(field if field in self.fields else None, str(error.why))
        return cleaned

    def content(self) -> dict[str, Any]:
        """The detection's data with what the person wrote."""
        given = self.cleaned_data
        content: dict[str, Any] = copy.deepcopy(self.detection.content)
        content |= {
            "severity": given["severity"],
            "window": given["window_minutes"] * 60,
            "suppress": given["suppress_minutes"] * 60,
            "group_by": [part for part in GROUPS if part in given["group_by"]],
        }
        for name in ("count", "office_from", "office_to"):
            if name in given:
                content[name] = given[name]
        if "distinct" in given:
            content["distinct"]["least"] = given["distinct"]
        if "ratio" in given:
            content["ratio"]["least"] = given["ratio"]
        if "sum" in given:
            content["sum"]["least"] = given["sum"]
        if "usual_times" in given:
            content["sum"]["usual_times"] = given["usual_times"]
        if "incident_from" in given:
            content["incident"]["from"] = given["incident_from"]
        for place, item in enumerate(content.get("escalations", ())):
            item["severity"] = given[f"level_{place}"]
            bound = given.get(f"bound_{place}")
            if bound and item.get("count"):
                item["count"] = bound
            elif bound:
                item["distinct"]["least"] = bound
        return content


def _initial(detection: Detection, rule: Rule) -> dict[str, Any]:
    return {
        "title": detection.title,
        "status": detection.status,
        "severity": rule.severity.value,
        "window_minutes": int(rule.window.total_seconds()) // 60,
        "count": rule.count,
        "distinct": rule.distinct,
        "ratio": rule.ratio,
        "sum": rule.sum,
        "usual_times": rule.usual_times,
        "office_from": rule.office_from,
        "office_to": rule.office_to,
        "group_by": list(rule.group_by),
        "suppress_minutes": int(rule.suppress.total_seconds()) // 60,
        "incident_from": rule.incident_from.value,
        "runbook": detection.runbook,
        "version": detection.version,
    }


def _unused(rule: Rule) -> list[str]:
    asks_hours = rule.outside_hours or any(item.outside_hours for item in rule.escalations)
    unused = {
        "count": rule.is_sequence,
        "distinct": not rule.distinct_of,
        "ratio": not rule.ratio,
        "sum": not rule.sum_of,
        "usual_times": not rule.usual_times,
        "office_from": not asks_hours,
        "office_to": not asks_hours,
        "incident_from": not rule.incident_kind,
    }
    return [name for name, is_unused in unused.items() if is_unused]


def condition_words(item: Any) -> str:
    """When a hit is graver, in words."""
    words = []
    if item.followed_by is not None:
        names = ", ".join(str(KINDS[name].label).lower() for name in item.followed_by.names)
        words.append(str(_("diikuti: %(names)s")) % {"names": names})
    if item.count:
        words.append(str(_("jumlahnya mencapai batas")))
    if item.distinct:
        words.append(str(_("%(what)s yang berbeda mencapai batas")) % {"what": DISTINCT[item.distinct_of]})
    if item.outside_hours:
        words.append(str(_("di luar jam kantor")))
    for key, values in item.match.items():
        words.append(f"{key} = {', '.join(values)}")
    return "; ".join(words)
