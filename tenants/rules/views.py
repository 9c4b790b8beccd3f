"""Pages of the rule sets: list, tree with clauses and examples, bringing in, signing, publishing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.permissions import page
from kernel.tenancy.context import current_region
from kernel.web import htmx
from tenants.rules import actions, permissions
from tenants.rules.engine import Problem, run_examples
from tenants.rules.errors import RuleSetRefused
from tenants.rules.forms import NewRuleSetForm
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.rules.reading import assumptions_in, differences, readable_nodes


@require_safe
@page(permissions.READ)
def index(request: HttpRequest) -> HttpResponse:
    """In force, to come, drafts, older."""
    today = clock.today(current_region().time_zone)
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
    """Bring in a ready rule set or a file; problems stand beside their places."""
    form = NewRuleSetForm(request.POST or None, request.FILES or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            if values["siap"]:
                stored = actions.copy_ready_set(code=values["siap"], valid_from=values["mulai"], actor=person(request))
            else:
                stored = actions.load_rule_set_file(
                    text=values["berkas"].read(), valid_from=values["mulai"], actor=person(request)
                )
        except RuleSetRefused as error:
            problems = error.problems
            form.add_error("berkas", error.message())
        except DomainError as error:
            form.add_error("mulai", error.message())
        else:
            messages.success(request, _("Draf aturan tersimpan. Periksa, lalu minta dua tanda tangan."))
            return htmx.go(request, reverse("rules-set", args=[stored.uid]))
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/rules/new.html", {"form": form, "problems": problems}, status=status)


@require_POST
@page(permissions.SIGN)
def sign(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The person signs the draft."""
    return _done(
        request, uid, lambda: actions.sign_rule_set(uid=uid, actor=person(request)), _("Tanda tangan tercatat.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.PUBLISH)
def publish(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What publishing does, and publishing."""
    if request.method == "POST":
        return _done(
            request,
            uid,
            lambda: actions.publish_rule_set(uid=uid, actor=person(request)),
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


def _set_context(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    stored = StoredRuleSet.objects.select_related("created_by").filter(uid=uid).first()
    if stored is None:
        raise NotFound("rule set")
    rules = loaded(stored)
    signatures = list(stored.signatures.select_related("signed_by").order_by("signed_at"))
    former = _former(stored)
    user = person(request)
    return {
        "stored": stored,
        "rules": rules,
        "nodes": readable_nodes(rules),
        "assumptions": assumptions_in(rules),
        "examples": run_examples(rules),
        "signatures": signatures,
        "has_signed": any(signature.signed_by_id == user.pk for signature in signatures),
        "signatures_needed": actions.SIGNATURES_NEEDED,
        "reasons": actions.reasons_against_publishing(stored) if stored.is_draft else (),
        "former": former,
        "differences": differences(loaded(former), rules) if former else [],
    }


def _former(stored: StoredRuleSet) -> StoredRuleSet | None:
    """The published version that was, or would be, followed by this one."""
    return (
        StoredRuleSet.objects.published()
        .exclude(pk=stored.pk)
        .filter(period__startswith__lt=stored.valid_from)
        .order_by("-period")
        .first()
    )
