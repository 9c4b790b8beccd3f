"""Many places from one sheet, each for a unit if the row names one. With a wrong row nothing is written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from django.core.files.base import File
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.audit.record import Deed, declare_action, record_many
from kernel.figures import NotAFigure
from kernel.files.actions import SHEET_TYPES, store_file
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.permissions import require
from kernel.sheets.jobs import Wrong, figure_of, sheet_of, sheet_rows, take_rows
from kernel.sheets.plain import SheetRow
from kernel.sheets.writing import Column, Sheet, workbook
from kernel.tenancy import here
from tenants.organisation.models import Unit
from tenants.places import access, fences
from tenants.places.actions import MOST_RADIUS_M, PlaceIn, new_place
from tenants.places.coordinates import MOST_LATITUDE, MOST_LONGITUDE, read_degrees
from tenants.places.errors import PlaceRefused
from tenants.places.models import Place, PlaceAssignment
from tenants.places.permissions import MANAGE_PLACES

IMPORTED = declare_action("places.imported", "Tempat absen diimpor")

SHEET_WORK: Final = "places.sheet"
HEADINGS: Final = {
    "name": ("Nama tempat", "Nama", "Lokasi"),
    "latitude": ("Lintang", "Latitude", "Lat"),
    "longitude": ("Bujur", "Longitude", "Long", "Lon", "Lng"),
    "radius": ("Jari-jari (m)", "Radius", "Radius (m)", "Jari-jari"),
    "unit": ("Kode unit", "Kode OPD", "Unit"),
    "first": ("Mulai", "Mulai tanggal", "Tanggal"),
}
REQUIRED: Final = ("name", "latitude", "longitude", "radius")
_MOST_NAME: Final = 120


def empty_sheet() -> bytes:
    """One page with the headings that the import reads; all but the radius is text."""
    columns = [
        Column(
            words[0],
            kind="number" if name == "radius" else "text",
            required=name in REQUIRED,
            width=32 if name == "name" else 16,
        )
        for name, words in HEADINGS.items()
    ]
    return workbook([Sheet(_("Tempat absen"), columns)])


@transaction.atomic
def start_place_import(*, upload: File[bytes], actor: User) -> Job:
    """Keep the sheet and read it in the background. Raises NotAllowed, FileRefused."""
    require(actor, MANAGE_PLACES)
    stored = store_file(upload=upload, purpose="places", owner=actor, allowed=SHEET_TYPES)
    return work.start(kind=SHEET_WORK, title=_("Impor tempat absen"), actor=actor, file=stored)


@work.work(SHEET_WORK)
def import_places(progress: work.Progress) -> None:
    """Read the job's sheet, say what is wrong beside each row, and write when nothing is.

    A place that is there already under its name and coordinates is not made twice.
    """
    job = progress.job
    actor = job.started_by
    if actor is None:
        raise LookupError("an import of places that nobody started")
    opd = access.opd_in_charge(actor)
    units = {unit.code: unit for unit in access.units_in_charge(actor).select_related("opd")}
    rows = sheet_rows(sheet_of(job), headings=HEADINGS, required=REQUIRED)
    known = {_key(place) for place in Place.objects.all()}
    seen: set[tuple[str, str, str]] = set()

    def take(row: SheetRow) -> tuple[Place, Unit | None]:
        unit = _unit(row, units)
        if unit is None and opd is None and not access.may_change_the_regions(actor):
            raise Wrong("unit", _("Sebutkan kode unit: Anda mengurus lebih dari satu OPD."))
        try:
            place = new_place(_place(row), opd if unit is None else unit.opd, actor)
        except PlaceRefused as error:
            raise Wrong("radius", error.message()) from error
        if _key(place) in seen:
            raise Wrong("name", _("Sudah ada di baris lain."))
        seen.add(_key(place))
        return place, unit

    taken = take_rows(progress, rows, take, headings=HEADINGS, subject="name")
    page = reverse("places-list")
    if len(taken) < len(rows):
        progress.result(facts=[[_("Baris benar"), len(taken)], [_("Ditulis"), 0]], url=page)
        return
    new = [(place, unit) for place, unit in taken if _key(place) not in known]
    with transaction.atomic():
        Place.objects.bulk_create([place for place, _unused in new])
        PlaceAssignment.objects.bulk_create(
            PlaceAssignment(place=place, unit=unit, period=DateRange(place.first_day, None), assigned_by=actor)
            for place, unit in new
            if unit is not None
        )
        deeds = [Deed(place, after={"unit": None if unit is None else unit.code}) for place, unit in new]
        record_many(IMPORTED, actor=actor, deeds=deeds)
        fences.announce_change()
    progress.advance(len(rows), len(rows))
    facts = [[_("Ditulis"), len(new)]]
    if len(new) < len(taken):
        facts.append([_("Sudah ada sebelumnya"), len(taken) - len(new)])
    progress.result(facts=facts, url=page)


def _unit(row: SheetRow, units: dict[str, Unit]) -> Unit | None:
    code = row.cells.get("unit", "")
    if not code:
        return None
    if code not in units:
        raise Wrong("unit", _("Tidak ada unit dengan kode ini di OPD Anda."))
    return units[code]


def _place(row: SheetRow) -> PlaceIn:
    name = row.cells["name"]
    if not name or len(name) > _MOST_NAME:
        raise Wrong("name", _("Isi nama tempat, paling panjang 120 huruf."))
    radius = figure_of(row, "radius")
    return PlaceIn(
        name=name,
        first=_first_day(row),
        latitude=_degrees(row, "latitude", MOST_LATITUDE),
        longitude=_degrees(row, "longitude", MOST_LONGITUDE),
        # A fraction of a metre is no radius; what lies out of bounds is refused by the place.
        radius_m=int(radius) if radius == radius.to_integral_value() and radius < MOST_RADIUS_M * 2 else 0,
    )


def _degrees(row: SheetRow, column: str, most: int) -> Decimal:
    try:
        return read_degrees(row.cells[column], most)
    except NotAFigure as error:
        raise Wrong(column, _("Isi derajat desimal, misalnya 1,474830 atau -3,316694.")) from error


def _first_day(row: SheetRow) -> date:
    text = row.cells.get("first", "")
    try:
        return date.fromisoformat(text) if text else here.today()
    except ValueError as error:
        raise Wrong("first", _("Isi tanggal seperti 2026-12-01, atau kosongkan untuk hari ini.")) from error


def _key(place: Place) -> tuple[str, str, str]:
    return place.name.casefold(), f"{place.latitude:.6f}", f"{place.longitude:.6f}"
