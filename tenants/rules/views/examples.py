"""The stored examples of a draft: what must come out before it is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import NotFound
from kernel.money import decimal_text
from kernel.permissions import page
from kernel.web import htmx
from tenants.rules import actions, permissions
from tenants.rules.editor import figures, sheets, structure
from tenants.rules.editor.desk import Desk
from tenants.rules.editor.shapes import KEY, VALUE
from tenants.rules.editor.sheets import Checked, Sheet
from tenants.rules.engine import EvaluationError, FactsError, MonthFacts, RuleSet, evaluate, figure_of
from tenants.rules.errors import RuleSetRefused, StaleDraft
from tenants.rules.views.editing import Work, answer, desk_of

_FIRST_FIGURES = ("pagu", "gross", "tax", "net")


@require_safe
@page(permissions.EDIT)
def index(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Every stored example and whether it fits."""
    desk = desk_of(request, uid)
    broken = {entry.index: entry for entry in desk.broken(desk.rule_set)}
    rows = [(number, example, broken.get(number)) for number, example in enumerate(desk.examples)]
    return render(request, "tenants/rules/examples.html", {"stored": desk.stored, "rows": rows, "desk": desk})


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.EDIT)
def example(request: HttpRequest, uid: UUID, number: int) -> HttpResponse:
    """One stored example: its facts by form, and the figures that must come out."""
    desk = desk_of(request, uid)
    if number >= len(desk.examples):
        raise NotFound("example")
    written = desk.examples[number]
    return _answer(request, desk, number, written, str(written["name"]))


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.EDIT)
def new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A new example, blank or from the facts of another with the figures that the draft gives for them."""
    desk = desk_of(request, uid)
    start: Mapping[str, Any] = {"facts": {}, "expect": {}}
    source = request.GET.get("dari", "")
    if source in map(str, range(len(desk.examples))):
        facts = desk.examples[int(source)]["facts"]
        start = {"facts": facts, "expect": _computed(desk.rule_set, facts, _FIRST_FIGURES)}
    return _answer(request, desk, None, start, _("Contoh baru"))


def _answer(
    request: HttpRequest, desk: Desk, number: int | None, written: Mapping[str, Any], heading: str
) -> HttpResponse:
    sheet = sheets.example_sheet(desk.tree, desk.rule_set, number, written)

    def save(checked: Checked, seen: str) -> str:
        place = len(desk.examples) if number is None else number
        name = checked.tree["examples"][place]["name"]
        what = (_("Menambah contoh “%(name)s”") if number is None else _("Mengubah contoh “%(name)s”")) % {"name": name}
        actions.save_draft(uid=desk.stored.uid, seen=seen, tree=checked.tree, what=what, actor=person(request))
        return reverse("rules-example", args=[desk.stored.uid, place])

    def facts(checked: Checked) -> Mapping[str, Any] | None:
        place = len(desk.examples) if number is None else number
        typed: Mapping[str, Any] = checked.tree["examples"][place].get("facts", {})
        return typed

    def fill(sheet: Sheet) -> None:
        """Put what the draft gives for the typed facts under the figures that must come out."""
        data = sheet.typed().data
        names = tuple(data.get("expect", {})) or _FIRST_FIGURES
        found = _computed(desk.rule_set, data.get("facts", {}), names)
        if not found:
            messages.error(request, _("Keadaan ini belum dapat dihitung. Lengkapi dulu, lalu tekan Hitung contoh."))
            return
        sheet.raw["expect"] = [{KEY: name, VALUE: figures.write(value)} for name, value in found.items()]
        messages.info(request, _("Diisi dengan hasil hitungan draf ini. Cocokkan dengan naskah sebelum menyimpan."))

    desk.example_index = number or 0
    extra = {"is_example": True, "number": number, "is_new": number is None}
    work = Work(sheet, heading, save, current="contoh", extra=extra, facts=facts, fill=fill)
    if number is not None:
        work.stored_facts = written["facts"]
    return answer(request, desk, work)


def _computed(rule_set: RuleSet, facts: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """The figures of these names for the facts; nothing when they cannot be computed."""
    try:
        slip = evaluate(rule_set, MonthFacts.from_mapping(facts))
    except (EvaluationError, FactsError):
        return {}
    found = {name: figure_of(slip, name) for name in names}
    return {name: decimal_text(value) for name, value in found.items() if value is not None}


@require_POST
@page(permissions.EDIT)
def remove(request: HttpRequest, uid: UUID, number: int) -> HttpResponse:
    """The example is taken away."""
    desk = desk_of(request, uid)
    if number >= len(desk.examples):
        raise NotFound("example")
    tree = structure.changed(desk.tree)
    gone = tree["examples"].pop(number)
    what = _("Menghapus contoh “%(name)s”") % {"name": gone["name"]}
    try:
        actions.save_draft(uid=uid, seen=request.POST.get("sidik", ""), tree=tree, what=what, actor=person(request))
    except (StaleDraft, RuleSetRefused) as error:
        messages.error(request, error.message())
    else:
        messages.success(request, _("Tersimpan: %(what)s.") % {"what": what})
    return htmx.go(request, reverse("rules-examples", args=[uid]))
