"""The editor of a draft: own data, nodes, structure; every page works without script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.permissions import page
from kernel.web import htmx
from tenants.rules import actions, permissions
from tenants.rules.access import draft_to_edit
from tenants.rules.editor import controls, pasting, sheets, structure, titles
from tenants.rules.editor.controls import Control
from tenants.rules.editor.desk import Desk
from tenants.rules.editor.messages import in_words
from tenants.rules.editor.pasting import Pasted
from tenants.rules.editor.sheets import Checked, NewNode, Sheet
from tenants.rules.editor.starters import starter
from tenants.rules.editor.worked import Worked
from tenants.rules.engine import KIND_TITLES, RuleSet, RuleSetError, load_rule_set
from tenants.rules.errors import RuleSetRefused, StaleDraft
from tenants.rules.forms import PeriodForm

PAGE = "tenants/rules/editor.html"
PANE = "tenants/rules/_worked.html"


@dataclass
class Work:
    """One form on the desk and what is to happen with it. `save` writes the checked tree and gives the next page."""

    sheet: Sheet
    heading: str
    save: Callable[[Checked, str], str]
    current: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    facts: Callable[[Checked], Mapping[str, Any] | None] = field(default=lambda _checked: None)
    form: PeriodForm | None = None
    fill: Callable[[Sheet], None] | None = None
    stored_facts: Mapping[str, Any] | None = None


def desk_of(request: HttpRequest, uid: UUID) -> Desk:
    """The draft with what the person asked to see beside it. Raises NotFound, NotADraft."""
    asked = request.POST if request.method == "POST" else request.GET
    desk = Desk(draft_to_edit(uid), against="berlaku" if asked.get("banding") == "berlaku" else "")
    wanted = asked.get("contoh", "")
    if wanted in map(str, range(len(desk.examples))):
        desk.example_index = int(wanted)
    return desk


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.EDIT)
def own(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The rule set's own data: title, period, criteria, rounding, measures."""
    desk = desk_of(request, uid)
    stored = desk.stored
    last = None if stored.valid_to is None else (stored.valid_to - timedelta(days=1)).replace(day=1)
    form = PeriodForm(
        request.POST if request.method == "POST" else None, initial={"mulai": stored.valid_from, "akhir": last}
    )

    def save(checked: Checked, seen: str) -> str:
        period = form.cleaned_data
        actions.save_draft(
            uid=uid,
            seen=seen,
            tree=checked.tree,
            what=_("Data aturan"),
            actor=person(request),
            valid_from=period["mulai"],
            valid_to=_month_after(period["akhir"]),
        )
        return reverse("rules-edit", args=[uid])

    work = Work(sheets.own_sheet(desk.tree), _("Data aturan"), save, form=form)
    return answer(request, desk, work)


def _month_after(first: date | None) -> date | None:
    return None if first is None else (first + timedelta(days=32)).replace(day=1)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.EDIT)
def node(request: HttpRequest, uid: UUID, node_id: str) -> HttpResponse:
    """One node: its form, what may be added below, and its place."""
    desk = desk_of(request, uid)
    try:
        sheet = sheets.node_sheet(desk.tree, node_id)
    except structure.UnknownNode as error:
        raise NotFound("rule node") from error
    spot = structure.spot_of(desk.tree, node_id)

    def save(checked: Checked, seen: str) -> str:
        label = structure.spot_of(checked.tree, node_id).node["label"]
        what = _("Mengubah “%(label)s”") % {"label": label}
        actions.save_draft(uid=uid, seen=seen, tree=checked.tree, what=what, actor=person(request))
        return reverse("rules-edit-node", args=[uid, node_id])

    extra = {
        "spot": spot,
        "kind": KIND_TITLES[spot.node["kind"]],
        "purpose": titles.PURPOSES[spot.node["kind"]],
        "takes_nodes": bool(structure.kinds_below(desk.tree, node_id)),
        "slot": structure.kinds_in_slot(desk.tree, node_id)[0],
        "is_score_of_part": spot.node["kind"] in structure.SCORES
        and spot.parent is not None
        and spot.parent["kind"] == "part_weight",
        "may_copy": spot.slot in ("nodes", "children"),
        "is_first": spot.index == 0,
        "is_last": spot.index == spot.siblings - 1,
    }
    return answer(request, desk, Work(sheet, spot.node["label"], save, current=node_id, extra=extra))


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.EDIT)
def add(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Choose what to add, then fill it; it is in the draft only once it is whole."""
    desk = desk_of(request, uid)
    asked = request.GET
    new = _asked_node(desk, asked.get("di", ""), asked.get("jenis", ""), asked)
    if new is None:
        context = _kinds_context(desk, asked.get("di", ""), asked.get("tempat", ""), asked.get("ganti", ""))
        return htmx.answer(request, "tenants/rules/add.html", context, part="tenants/rules/_kinds.html")
    kind = new.node["kind"]

    def save(checked: Checked, seen: str) -> str:
        node_id = _new_id_in(desk.tree, checked.tree)
        label = structure.spot_of(checked.tree, node_id).node["label"]
        what = _("Menambah “%(label)s”") % {"label": label}
        actions.save_draft(uid=uid, seen=seen, tree=checked.tree, what=what, actor=person(request))
        return reverse("rules-edit-node", args=[uid, node_id])

    heading = _("Ketentuan baru: %(kind)s") % {"kind": KIND_TITLES[kind]}
    extra = {"kind": KIND_TITLES[kind], "purpose": titles.PURPOSES[kind], "is_new": True}
    return answer(request, desk, Work(sheets.new_node_sheet(desk.tree, new), heading, save, extra=extra))


def _asked_node(desk: Desk, parent_id: str, kind: str, asked: Mapping[str, Any]) -> NewNode | None:
    """The new node that the address describes; None while a kind is still to be chosen. Raises NotFound."""
    tree = desk.tree
    try:
        if asked.get("salin"):
            source = structure.spot_of(tree, asked["salin"])
            above = source.parent["id"] if source.parent is not None else ""
            return NewNode(structure.copy_of(tree, asked["salin"]), above, after=source.node["id"])
        if not kind:
            return None
        slot, replaces = asked.get("tempat", ""), asked.get("ganti", "")
        if kind not in _kinds(tree, parent_id, slot, replaces):
            raise NotFound("kind of node")
        return NewNode(starter(tree, kind, parent_id), parent_id, slot, replaces=replaces)
    except structure.UnknownNode as error:
        raise NotFound("rule node") from error


def _kinds(tree: structure.Tree, parent_id: str, slot: str, replaces: str) -> tuple[str, ...]:
    if replaces:
        old = structure.spot_of(tree, replaces)
        is_score = old.parent is not None and old.parent["id"] == parent_id and old.node["kind"] in structure.SCORES
        return tuple(kind for kind in sorted(structure.SCORES) if kind != old.node["kind"]) if is_score else ()
    if slot:
        name, kinds = structure.kinds_in_slot(tree, parent_id)
        return kinds if name == slot else ()
    return structure.kinds_below(tree, parent_id)


def _kinds_context(desk: Desk, parent_id: str, slot: str, replaces: str) -> dict[str, Any]:
    try:
        kinds = _kinds(desk.tree, parent_id, slot, replaces)
        parent = structure.spot_of(desk.tree, parent_id).node if parent_id else None
    except structure.UnknownNode as error:
        raise NotFound("rule node") from error
    return {
        "stored": desk.stored,
        "parent": parent,
        "slot": slot,
        "replaces": replaces,
        "kinds": [(kind, KIND_TITLES[kind], titles.PURPOSES[kind]) for kind in kinds],
    }


def _new_id_in(before: structure.Tree, after: structure.Tree) -> str:
    """The first node that only the newer tree has and that is not a wrapping made on the way."""
    known = {spot.node["id"] for spot in structure.spots(before)}
    found = [spot for spot in structure.spots(after) if spot.node["id"] not in known]
    wrapped = [spot for spot in found if not any(c["id"] in known for c in spot.node.get("children", ()))]
    return str((wrapped or found)[0].node["id"])


@require_POST
@page(permissions.EDIT)
def move(request: HttpRequest, uid: UUID, node_id: str) -> HttpResponse:
    """One place up or down among its siblings."""
    desk = desk_of(request, uid)
    by = -1 if request.POST.get("arah") == "naik" else 1
    try:
        tree = structure.move(desk.tree, node_id, by=by)
        label = structure.spot_of(tree, node_id).node["label"]
    except structure.UnknownNode as error:
        raise NotFound("rule node") from error
    what = _("Memindahkan “%(label)s”") % {"label": label}
    _write(request, desk, tree, what)
    return htmx.go(request, reverse("rules-edit-node", args=[uid, node_id]))


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.EDIT)
def remove(request: HttpRequest, uid: UUID, node_id: str) -> HttpResponse:
    """What hangs on the node, and taking it away."""
    desk = desk_of(request, uid)
    try:
        spot = structure.spot_of(desk.tree, node_id)
    except structure.UnknownNode as error:
        raise NotFound("rule node") from error
    tree = structure.remove(desk.tree, node_id)
    if request.method == "POST":
        if _write(request, desk, tree, _("Menghapus “%(label)s”") % {"label": spot.node["label"]}):
            target = reverse("rules-edit-node", args=[uid, spot.parent["id"]]) if spot.parent else ""
            return htmx.go(request, target or reverse("rules-edit", args=[uid]))
        return htmx.go(request, reverse("rules-edit-node", args=[uid, node_id]))
    context = {
        "stored": desk.stored,
        "node": spot.node,
        "below": sum(1 for _spot in structure.spots({"nodes": [spot.node]})) - 1,
        "dependents": structure.dependents(desk.tree, node_id),
        "problems": _problems_of(tree),
        "becomes_flat": _becomes_flat(desk.tree, tree, spot),
    }
    return htmx.answer(request, "tenants/rules/remove.html", context, part="tenants/rules/_remove.html")


def _problems_of(tree: structure.Tree) -> list[str]:
    try:
        load_rule_set(tree)
    except RuleSetError as error:
        labels = {spot.node["id"]: spot.node["label"] for spot in structure.spots(tree)}
        return [
            f"{labels[problem.node_id]}: {words}" if problem.node_id in labels else words
            for problem in error.problems
            for words in [in_words(problem.message, tree)]
        ]
    return []


def _becomes_flat(before: structure.Tree, after: structure.Tree, spot: structure.Spot) -> bool:
    if spot.parent is None or spot.parent["kind"] != "part_weight":
        return False
    parent_id = spot.parent["id"]
    was, now = (structure.spot_of(tree, parent_id).node.get("mode") for tree in (before, after))
    return was != "flat" and now == "flat"


def _write(request: HttpRequest, desk: Desk, tree: structure.Tree, what: str) -> bool:
    """Save a change of structure; a refusal is said on the next page. The answer: whether it was saved."""
    seen = request.POST.get("sidik", "")
    try:
        actions.save_draft(uid=desk.stored.uid, seen=seen, tree=tree, what=what, actor=person(request))
    except RuleSetRefused as error:
        messages.error(request, " ".join(in_words(problem.message, tree) + "." for problem in error.problems[:3]))
    except StaleDraft as error:
        messages.error(request, error.message())
    else:
        messages.success(request, _("Tersimpan: %(what)s.") % {"what": what})
        return True
    return False


# --- one answer for every form of the editor -------------------------------------------------------------------------


def answer(request: HttpRequest, desk: Desk, work: Work) -> HttpResponse:
    """Show the form, or do what its button says: save, compute, change rows, paste."""
    if request.method != "POST":
        return _shown(request, desk, work, None)
    work.sheet = work.sheet.filled_from(request.POST)
    verb, _colon, where = request.POST.get("lakukan", "simpan").partition(":")
    if verb == "simpan":
        return _saved(request, desk, work)
    if verb == "hitung":
        return _shown(request, desk, work, work.sheet.check())
    if verb in ("tempel", "isi"):
        return _pasted(request, desk, work, where, fills=verb == "isi")
    if verb == "harapan" and work.fill is not None:
        work.fill(work.sheet)
        return _shown(request, desk, work, work.sheet.check())
    if verb in ("tambah", "hapus", "naik"):
        _change_rows(work.sheet, verb, where)
    return _shown(request, desk, work, None)


def _saved(request: HttpRequest, desk: Desk, work: Work) -> HttpResponse:
    checked = work.sheet.check()
    if work.form is not None and not work.form.is_valid():
        checked.rule_set = None
    if not checked.is_good:
        return _shown(request, desk, work, checked, status=422)
    try:
        target = work.save(checked, request.POST.get("sidik", ""))
    except StaleDraft as error:
        return _shown(request, desk, work, checked, status=409, stale=error)
    except RuleSetRefused as error:
        checked.elsewhere += [sheets.Elsewhere(in_words(p.message, checked.tree)) for p in error.problems]
        return _shown(request, desk, work, checked, status=422)
    except DomainError as error:
        if error.status != 422 or work.form is None:
            raise
        work.form.add_error("mulai", error.message())
        return _shown(request, desk, work, checked, status=422)
    messages.success(request, _("Draf tersimpan."))
    return htmx.go(request, target)


def _change_rows(sheet: Sheet, verb: str, where: str) -> None:
    """Add, remove or raise a row of what was typed; nothing is saved."""
    name, number = where, ""
    if verb != "tambah":
        name, _dash, number = where.rpartition("-")
    found = controls.rows_at(sheet.record, sheet.raw, name)
    if found is None:
        return
    shape, rows = found
    if verb == "tambah":
        if len(rows) < controls.MAX_ROWS:
            controls.renumber(rows)
            rows.append(controls.blank(shape.record))
        return
    place = next((index for index, row in enumerate(rows) if row.get(controls.NUMBER) == number), None)
    if place is None:
        return
    row = rows.pop(place)
    if verb == "naik":
        rows.insert(max(place - 1, 0), row)
    controls.renumber(rows)


def _pasted(request: HttpRequest, desk: Desk, work: Work, name: str, *, fills: bool) -> HttpResponse:
    """Read what was pasted for a table; with `fills` and nothing wrong its rows take the place of the table's."""
    found = controls.rows_at(work.sheet.record, work.sheet.raw, name)
    if found is None:
        return _shown(request, desk, work, None)
    shape, rows = found
    text = request.POST.get(f"tempel-{name}", "")
    pasted = pasting.paste(shape, text, work.sheet.choices)
    kept = list(rows)
    if not pasted.errors and not any(line.errors for line in pasted.lines):
        rows[:] = pasted.rows()
        _note_refusals(pasted, name, work.sheet.check())
        if fills and pasted.is_good:
            messages.success(request, _("%(count)d baris diisikan. Belum tersimpan.") % {"count": len(pasted.lines)})
            return _shown(request, desk, work, work.sheet.check())
    rows[:] = kept
    return _shown(request, desk, work, None, pasted={name: (pasted, text)}, status=200 if pasted.is_good else 422)


def _note_refusals(pasted: Pasted, name: str, checked: Checked) -> None:
    """What the engine says against the pasted rows, beside the line that each is about."""
    for control, found in checked.errors.items():
        if control == name:
            pasted.errors += found
            continue
        if not control.startswith(f"{name}-"):
            continue
        number = control.removeprefix(f"{name}-").partition("-")[0]
        if number.isdigit() and int(number) < len(pasted.lines):
            pasted.lines[int(number)].errors += found


def _shown(
    request: HttpRequest,
    desk: Desk,
    work: Work,
    checked: Checked | None,
    *,
    status: int = 200,
    stale: StaleDraft | None = None,
    pasted: Mapping[str, tuple[Pasted, str]] | None = None,
) -> HttpResponse:
    if checked is not None:
        desk.problems = frozenset(problem.node_id for problem in checked.elsewhere if problem.node_id)
    shown = work.sheet.controls(checked.errors if checked is not None else None)
    _attach_pasted(shown, pasted or {})
    rule_set = desk.rule_set if checked is None else checked.rule_set
    context = {
        **work.extra,
        "stored": desk.stored,
        "desk": desk,
        "entries": desk.entries(work.current),
        "heading": work.heading,
        "current": work.current,
        "controls": shown,
        "form": work.form,
        "summary": _summary(shown),
        "elsewhere": checked.elsewhere if checked is not None else [],
        "stale": stale,
        "seen": _seen(request, desk, is_told=stale is not None),
        "worked": _worked(desk, work, rule_set, checked),
        "broken": desk.broken(rule_set) if rule_set else [],
        "cannot": checked is not None and checked.rule_set is None,
    }
    if stale is not None:
        context["latest"] = stale.latest
    return htmx.answer(request, PAGE, context, part=PANE, status=200 if htmx.wants_part(request) else status)


def _worked(desk: Desk, work: Work, rule_set: RuleSet | None, checked: Checked | None) -> Worked | None:
    if rule_set is None:
        return None
    return desk.work(rule_set, work.facts(checked) if checked is not None else None, work.stored_facts)


def _seen(request: HttpRequest, desk: Desk, *, is_told: bool) -> str:
    """The draft that the person knows of. Who was told of another's save and saves again writes over it knowingly."""
    if request.method != "POST" or is_told:
        return desk.stored.digest
    return request.POST.get("sidik", "")


def _summary(shown: list[Control]) -> list[tuple[str, str, str]]:
    return [error for control in shown for error in control.every_error()]


def _attach_pasted(shown: list[Control], pasted: Mapping[str, tuple[Pasted, str]]) -> None:
    for control in shown:
        if control.name in pasted:
            control.pasted, control.pasted_text = pasted[control.name]
        _attach_pasted(control.controls, pasted)
        for row in control.rows:
            _attach_pasted(row.controls, pasted)
