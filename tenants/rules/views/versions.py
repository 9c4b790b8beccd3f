"""Pages of the versions: list, reading, bringing in, comparing, history, regulation, signing, publishing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.accounts.second_factor import fresh_second_factor
from kernel.errors import DomainError, NotFound
from kernel.files.errors import FileRefused
from kernel.permissions import page
from kernel.tenancy import here
from kernel.web import htmx
from tenants.rules import actions, permissions, publishing
from tenants.rules.access import draft_to_edit
from tenants.rules.confirming import tables_used
from tenants.rules.editor.desk import former_of
from tenants.rules.editor.messages import in_words
from tenants.rules.editor.worked import broken_examples
from tenants.rules.engine import Problem, RuleSetError
from tenants.rules.errors import RuleSetRefused, StaleDraft
from tenants.rules.forms import CopyForm, NewRuleSetForm, RegulationForm, UploadForm
from tenants.rules.loading import loaded, read
from tenants.rules.models import RuleSetRevision, StoredRuleSet
from tenants.rules.reading import Difference, assumptions_in, differences, readable_nodes


@require_safe
@page(permissions.READ)
def index(request: HttpRequest) -> HttpResponse:
    """In force, to come, drafts, older."""
    today = here.today()
    current: list[StoredRuleSet] = []
    coming: list[StoredRuleSet] = []
    drafts: list[StoredRuleSet] = []
    older: list[StoredRuleSet] = []
    for stored in StoredRuleSet.objects.defer("text").order_by("-period", "-id")[:200]:
        if stored.is_draft:
            drafts.append(stored)
        elif not stored.is_published:
            older.append(stored)
        elif stored.valid_from > today:
            coming.append(stored)
        elif stored.valid_to is None or stored.valid_to > today:
            current.append(stored)
        else:
            older.append(stored)
    context = {"current": current, "coming": coming, "drafts": drafts, "older": older}
    return render(request, "tenants/rules/list.html", context)


@require_safe
@page(permissions.READ)
def rule_set(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One rule set: tree, examples, signatures, what keeps it from being published, what it changes."""
    return render(request, "tenants/rules/set.html", _set_context(request, uid))


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """Copy a ready rule set into a draft."""
    form = NewRuleSetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            stored = actions.copy_ready_set(code=values["siap"], valid_from=values["mulai"], actor=person(request))
        except DomainError as error:
            form.add_error("mulai", error.message())
        else:
            return _brought_in(request, stored)
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/rules/new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.EDIT)
def upload(request: HttpRequest) -> HttpResponse:
    """Bring in a file that the operators prepared; problems stand beside their places."""
    form = UploadForm(request.POST or None, request.FILES or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            text = values["berkas"].read()
            stored = actions.load_rule_set_file(text=text, valid_from=values["mulai"], actor=person(request))
        except RuleSetRefused as error:
            problems = error.problems
            form.add_error("berkas", error.message())
        except DomainError as error:
            form.add_error("mulai", error.message())
        else:
            return _brought_in(request, stored)
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/rules/upload.html", {"form": form, "problems": problems}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.EDIT)
def copy(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A new draft with the text of this version."""
    stored = _stored(uid)
    form = CopyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.copy_to_draft(uid=uid, valid_from=form.cleaned_data["mulai"], actor=person(request))
        except DomainError as error:
            form.add_error("mulai", error.message())
        else:
            return _brought_in(request, made)
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/rules/copy.html", {"form": form, "stored": stored}, status=status)


def _brought_in(request: HttpRequest, stored: StoredRuleSet) -> HttpResponse:
    messages.success(
        request, _("Draf tersimpan. Periksa dan ubah, lampirkan peraturannya, lalu minta dua tanda tangan.")
    )
    return htmx.go(request, reverse("rules-set", args=[stored.uid]))


@require_safe
@page(permissions.READ)
def compare(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Every number and word that differs from the version in force, or from another one; made to be printed."""
    stored = _stored(uid)
    others = list(StoredRuleSet.objects.exclude(pk=stored.pk).order_by("-period", "-id")[:50])
    wanted = request.GET.get("dengan", "")
    other = next((entry for entry in others if str(entry.uid) == wanted), None) or former_of(stored)
    context: dict[str, Any] = {"stored": stored, "other": other, "others": others}
    if other is not None:
        context["differences"] = differences(loaded(other), loaded(stored))
    return render(request, "tenants/rules/compare.html", context)


@require_safe
@page(permissions.EDIT)
def history(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Every save of the draft: who, when, what; one of them with what it changed."""
    stored = _stored(uid)
    revisions = list(stored.revisions.select_related("saved_by").defer("text").order_by("-number")[:200])
    context: dict[str, Any] = {"stored": stored, "revisions": revisions}
    wanted = request.GET.get("lihat", "")
    if wanted.isascii() and wanted.isdigit():
        pair = stored.revisions.filter(number__in=[int(wanted), int(wanted) - 1])
        kept = {revision.number: revision for revision in pair}
        if int(wanted) not in kept:
            raise NotFound("revision")
        context["shown"] = int(wanted)
        context["differences"] = _between(kept.get(int(wanted) - 1), kept[int(wanted)])
    return render(request, "tenants/rules/history.html", context)


def _between(before: RuleSetRevision | None, after: RuleSetRevision) -> list[Difference] | None:
    """What a save changed; None for the first one, and where a text is older than today's checks."""
    if before is None:
        return None
    try:
        return differences(read(before.digest, before.text), read(after.digest, after.text))
    except RuleSetError:
        return None


@require_POST
@page(permissions.EDIT)
def restore(request: HttpRequest, uid: UUID, number: int) -> HttpResponse:
    """The draft is again what it was in that save."""
    seen = request.POST.get("sidik", "")
    try:
        actions.restore_revision(uid=uid, number=number, seen=seen, actor=person(request))
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, error.message())
    else:
        messages.success(request, _("Draf kembali ke simpanan %(number)d.") % {"number": number})
    return htmx.go(request, reverse("rules-history", args=[uid]))


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.EDIT)
def regulation(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Number, date and PDF of the regulation that the draft carries out."""
    stored = draft_to_edit(uid)
    said = loaded(stored).regulation
    initial = {"nomor": said.number, "tentang": said.title, "tanggal": said.date}
    form = RegulationForm(request.POST or None, request.FILES or None, initial=initial)
    seen = request.POST.get("sidik", "") or stored.digest
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data
            try:
                actions.state_regulation(
                    uid=uid,
                    seen=seen,
                    number=values["nomor"],
                    title=values["tentang"],
                    enacted_on=values["tanggal"],
                    upload=values["naskah"],
                    actor=person(request),
                )
            except FileRefused as error:
                form.add_error("naskah", error.message())
            except StaleDraft as error:
                status, seen = 409, stored.digest
                form.add_error(None, error.message())
            except RuleSetRefused as error:
                form.add_error(None, " ".join(in_words(problem.message) for problem in error.problems))
            else:
                messages.success(request, _("Naskah peraturan tersimpan."))
                return htmx.go(request, reverse("rules-set", args=[uid]))
    context = {"form": form, "stored": stored, "seen": seen}
    return render(request, "tenants/rules/regulation.html", context, status=status)


@require_POST
@page(permissions.SIGN)
@fresh_second_factor()
def sign(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The person signs the draft."""
    return _done(
        request, uid, lambda: actions.sign_rule_set(uid=uid, actor=person(request)), _("Tanda tangan tercatat.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.PUBLISH)
@fresh_second_factor()
def publish(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What publishing does, and publishing."""
    if request.method == "POST":
        told = request.POST.getlist("replaces")
        return _done(
            request,
            uid,
            lambda: actions.publish_rule_set(uid=uid, actor=person(request), replaces=told),
            _("Aturan terbit dan berlaku mulai tanggalnya."),
        )
    context = _set_context(request, uid)
    return htmx.answer(request, "tenants/rules/publish.html", context, part="tenants/rules/_publish.html")


@require_POST
@page(permissions.EDIT)
def discard(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The draft is set aside."""
    return _done(request, uid, lambda: actions.discard_draft(uid=uid, actor=person(request)), _("Draf dibuang."))


def _done(request: HttpRequest, uid: UUID, act: Any, words: str) -> HttpResponse:
    """Do it and go back to the rule set; a refusal is said there."""
    try:
        act()
    except DomainError as error:
        if error.status != 409:
            raise
        messages.error(request, error.message())
    else:
        messages.success(request, words)
    return htmx.go(request, reverse("rules-set", args=[uid]))


def _stored(uid: UUID) -> StoredRuleSet:
    stored = StoredRuleSet.objects.select_related("created_by", "regulation_file").filter(uid=uid).first()
    if stored is None:
        raise NotFound("rule set")
    return stored


def _set_context(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    stored = _stored(uid)
    rules = loaded(stored)
    signatures = list(stored.signatures.select_related("signed_by").order_by("signed_at"))
    former = former_of(stored)
    user = person(request)
    broken = {entry.index: entry for entry in broken_examples(rules)}
    return {
        "stored": stored,
        "rules": rules,
        "nodes": readable_nodes(rules),
        "assumptions": assumptions_in(rules),
        "examples": [(result.name, broken.get(number)) for number, result in enumerate(rules.examples)],
        "signatures": [(signature, stored.is_under(signature)) for signature in signatures],
        "has_signed": any(entry.signed_by_id == user.pk and stored.is_under(entry) for entry in signatures),
        "signatures_needed": actions.SIGNATURES_NEEDED,
        "reasons": actions.reasons_against_publishing(stored) if stored.is_draft else (),
        "overtaken": actions.overtaken_by(stored) if stored.is_draft else [],
        "consequences": publishing.consequences(stored) if stored.is_draft else [],
        "tables": tables_used(rules, stored.valid_from),
        "former": former,
        "differences": differences(loaded(former), rules) if former else [],
    }
