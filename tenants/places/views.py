"""Pages of the places: the list, the map, one place, for whom it counts, many from a sheet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.files.errors import FileRefused
from kernel.permissions import page, user_may
from kernel.tenancy import here
from kernel.web import htmx, paging
from kernel.web.downloads import as_download
from tenants.places import access, actions
from tenants.places.errors import LetterTaken, NotYetBegun, PlaceRefused
from tenants.places.forms import AssignForm, EndAssignmentForm, EndForm, LetterForm, NewPlaceForm, PlaceForm, SheetForm
from tenants.places.map_data import map_of, with_map
from tenants.places.models import DutyLetter, Place, PlaceAssignment
from tenants.places.permissions import MANAGE_PLACES, VIEW_PLACES
from tenants.places.place_import import empty_sheet, start_place_import

_FIELDS = {"radius": "radius_m", "corners": "corners", "crossing": "corners"}


@require_safe
@page(VIEW_PLACES)
def places(request: HttpRequest) -> HttpResponse:
    """All places that concern the person's OPDs, by name."""
    search, state = " ".join(request.GET.get("cari", "").split()), request.GET.get("keadaan", "")
    today = here.today()
    found = access.places_for(person(request)).select_related("opd")
    found = found.annotate(counted_for=Count("assignments", filter=Q(assignments__period__contains=today)))
    if search:
        found = found.filter(name__icontains=search)
    found = found.over(today) if state == "berakhir" else found.standing(today)
    rows = paging.page_of(found, order=("name", "id"), cursor=request.GET.get(paging.PARAMETER, ""))
    context = {"page": rows, "search": search, "state": state, "today": today}
    return render(request, "tenants/places/places.html", context)


@require_safe
@page(VIEW_PLACES)
@with_map
def map_page(request: HttpRequest) -> HttpResponse:
    """All places that count today, on one map."""
    found = access.places_for(person(request)).on(here.today()).order_by("name", "pk")
    return render(request, "tenants/places/map.html", {"map": map_of(found), "places": found})


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_PLACES)
@with_map
def new(request: HttpRequest) -> HttpResponse:
    """Make a place."""
    user = person(request)
    form = NewPlaceForm(request.POST if request.method == "POST" else None, user=user, initial={"first": here.today()})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_place(place=form.place(), opd=form.cleaned_data["opd"], actor=user)
        except PlaceRefused as error:
            form.add_error(_FIELDS[error.reason], error.message())
        else:
            messages.success(request, _("Tempat tersimpan. Tetapkan untuk unit atau pegawai supaya berlaku."))
            return htmx.go(request, reverse("places-assign", args=[made.uid]))
    return _form_page(request, form, None, user)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_PLACES)
@with_map
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a place from a day on."""
    user = person(request)
    known = access.place_to_change(user, uid)
    initial = {**PlaceForm.initial_of(known), "first": max(here.today(), known.first_day)}
    form = PlaceForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_place(uid=uid, place=form.place(), actor=user)
        except PlaceRefused as error:
            form.add_error(_FIELDS[error.reason], error.message())
        except DomainError as error:
            form.add_error("first", error.message())
        else:
            messages.success(
                request, _("Perubahan tersimpan. Absen sebelum tanggal itu tetap dinilai dengan yang lama.")
            )
            return htmx.go(request, reverse("places-place", args=[changed.uid]))
    return _form_page(request, form, known, user)


def _form_page(request: HttpRequest, form: PlaceForm, known: Place | None, user: Any) -> HttpResponse:
    around = access.places_for(user).on(here.today()).order_by("name", "pk")
    if known is not None:
        around = around.exclude(pk=known.pk)
    context = {"form": form, "place": known, "map": map_of(around)}
    return render(request, "tenants/places/form.html", context, status=422 if form.is_bound else 200)


@require_safe
@page(VIEW_PLACES)
@with_map
def place(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One place: where, since when, for whom, and what it was before."""
    user = person(request)
    found = access.place_to_see(user, uid)
    today = here.today()
    rows = list(found.assignments.all().with_whom().order_by("-period", "pk")[:200])
    context = {
        "place": found,
        "map": map_of([found]),
        "current": [row for row in rows if row.last_day is None or row.last_day >= today],
        "past": [row for row in rows if row.last_day is not None and row.last_day < today],
        "earlier": _earlier(found),
        "next": found.successors.first(),
        "is_over": found.last_day is not None and found.last_day < today,
        "may_change": user_may(user, MANAGE_PLACES) and access.may_change(user, found),
        "may_assign": user_may(user, MANAGE_PLACES),
    }
    return render(request, "tenants/places/place.html", context)


def _earlier(found: Place) -> list[Place]:
    """What the place was before, the newest first."""
    chain: list[Place] = []
    current = found.replaces
    while current is not None and len(chain) < 20:
        chain.append(current)
        current = current.replaces
    return chain


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_PLACES)
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The place ends; it can be opened again."""
    user = person(request)
    known = access.place_to_change(user, uid)
    form = EndForm(request.POST if request.method == "POST" else None, initial={"last": here.today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_place(uid=uid, actor=user, **form.cleaned_data)
        except DomainError as error:
            form.add_error("last", error.message())
        else:
            messages.success(request, _("Tempat diakhiri. Bila keliru, buka kembali dari halamannya."))
            return htmx.go(request, reverse("places-place", args=[uid]))
    context = {"form": form, "place": known}
    return render(request, "tenants/places/end.html", context, status=422 if form.is_bound else 200)


@require_POST
@page(MANAGE_PLACES)
def reopen(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The end is taken back."""
    actions.reopen_place(uid=uid, actor=person(request))
    messages.success(request, _("Tempat dibuka kembali dan berlaku seterusnya."))
    return htmx.go(request, reverse("places-place", args=[uid]))


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_PLACES)
def assign(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say for which units and people a place counts."""
    user = person(request)
    known = access.place_to_see(user, uid)
    initial = {"first": max(here.today(), known.first_day)}
    form = AssignForm(request.POST if request.method == "POST" else None, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = actions.assign_place(
                uid=uid,
                units=list(values["units"]),
                people=values["people"],
                first=values["first"],
                last=values["last"],
                actor=user,
            )
        except DomainError as error:
            form.add_error(None, error.message())
        else:
            words = ngettext(
                "Ditetapkan untuk %(count)d unit atau pegawai.",
                "Ditetapkan untuk %(count)d unit atau pegawai.",
                len(made),
            )
            messages.success(request, words % {"count": len(made)})
            return htmx.go(request, reverse("places-place", args=[uid]))
    context = {"form": form, "place": known}
    return render(request, "tenants/places/assign.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_PLACES)
def end_assignment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The place no longer counts for them."""
    user = person(request)
    row = PlaceAssignment.objects.with_whom().select_related("place").filter(uid=uid).first()
    if row is None or not access.in_charge(user, row):
        raise NotFound("place_assignment")
    form = EndAssignmentForm(request.POST if request.method == "POST" else None, initial={"last": here.today()})
    if request.method == "POST" and form.is_valid():
        try:
            of = actions.end_assignment(uid=uid, last=form.cleaned_data["last"], actor=user)
        except DomainError as error:
            form.add_error("last", error.message())
        else:
            messages.success(request, _("Penetapan diakhiri."))
            return htmx.go(request, reverse("places-place", args=[of.uid]))
    context = {"form": form, "row": row}
    return render(request, "tenants/places/end_assignment.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_PLACES)
def bring_in(request: HttpRequest) -> HttpResponse:
    """Many places from a sheet."""
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            job = start_place_import(upload=form.cleaned_data["file"], actor=person(request))
        except FileRefused as error:
            form.add_error("file", error.message())
        else:
            return redirect("jobs-job", uid=job.uid)
    return render(request, "tenants/places/import.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@page(MANAGE_PLACES)
def template(request: HttpRequest) -> HttpResponse:
    """An empty sheet with the right headings."""
    return as_download(empty_sheet(), "tempat-absen.xlsx")


@require_safe
@page(MANAGE_PLACES)
def letters(request: HttpRequest) -> HttpResponse:
    """Letters of assignment, the newest first."""
    found = access.letters_in_charge(person(request)).annotate(
        people_count=Count("rows", distinct=True), place_count=Count("assignments", distinct=True)
    )
    rows = paging.page_of(found, order=("-id",), cursor=request.GET.get(paging.PARAMETER, ""))
    return render(request, "tenants/places/letters.html", {"page": rows, "today": here.today()})


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_PLACES)
def new_letter(request: HttpRequest) -> HttpResponse:
    """Record a letter of assignment."""
    user = person(request)
    form = LetterForm(request.POST if request.method == "POST" else None, user=user, initial={"first": here.today()})
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "places": list(form.cleaned_data["places"])}
        try:
            letter = actions.record_letter(**values, actor=user)
        except LetterTaken as error:
            form.add_error("number", error.message())
        except NotYetBegun as error:
            form.add_error("last", error.message())
        except DomainError as error:
            form.add_error("places", error.message())
        else:
            messages.success(request, _("Surat tugas tercatat; tempatnya berlaku pada hari-hari itu."))
            return htmx.go(request, reverse("places-letter", args=[letter.uid]))
    context = {"form": form}
    return render(request, "tenants/places/letter_new.html", context, status=422 if form.is_bound else 200)


@require_safe
@page(MANAGE_PLACES)
def letter(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One letter: who goes where."""
    found = _letter(request, uid)
    context = {
        "letter": found,
        "people": found.people.order_by("name", "pk"),
        "places": Place.objects.filter(assignments__letter=found).order_by("name", "pk"),
    }
    return render(request, "tenants/places/letter.html", context)


@require_POST
@page(MANAGE_PLACES)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The letter sends nobody."""
    actions.withdraw_letter(uid=uid, actor=person(request))
    messages.success(request, _("Surat tugas ditarik."))
    return htmx.go(request, reverse("places-letter", args=[uid]))


def _letter(request: HttpRequest, uid: UUID) -> DutyLetter:
    found = access.letters_in_charge(person(request)).filter(uid=uid).first()
    if found is None:
        raise NotFound("duty_letter")
    return found
