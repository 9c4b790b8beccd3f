"""Places: officials look, BKPSDM and an OPD's operator change."""

from datetime import date
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from tenants.places.models import DutyLetter, Place, PlaceAssignment
from tests.architecture.permission_table import Cast, region
from tests.sheets import xlsx_upload

VIEWERS = "operator_opd bkpsdm inspektorat diskominfo"
MANAGERS = "operator_opd bkpsdm"


def made(cast: Cast) -> Place:
    return Place.objects.create(
        name="Kantor",
        opd=cast.office.opd,
        latitude=Decimal("1.474830"),
        longitude=Decimal("124.842079"),
        radius_m=100,
        period=DateRange(date(2026, 1, 1), None),
    )


def a_place(cast: Cast) -> dict[str, object]:
    return {"uid": made(cast).uid}


def an_ended_place(cast: Cast) -> dict[str, object]:
    place = made(cast)
    Place.objects.filter(pk=place.pk).update(period=DateRange(date(2026, 1, 1), date(2026, 3, 1)))
    return {"uid": place.uid}


def an_assignment(cast: Cast) -> dict[str, object]:
    place = made(cast)
    row = PlaceAssignment.objects.create(place=place, unit=cast.office.opd, period=place.period)
    return {"uid": row.uid}


def a_letter(cast: Cast) -> dict[str, object]:
    letter = DutyLetter.objects.create(
        number="800/1",
        subject="Pendataan",
        opd=cast.office.opd,
        period=DateRange(date(2026, 11, 1), date(2026, 11, 30)),
        recorded_by=cast.users["bkpsdm"],
    )
    return {"uid": letter.uid}


def a_new_place(cast: Cast) -> dict[str, object]:
    return {
        "name": "Kantor baru",
        "shape": "circle",
        "latitude": "1.4748",
        "longitude": "124.8420",
        "radius_m": "100",
        "first": "2026-11-20",
    }


def kept_by_the_opd(cast: Cast) -> dict[str, object]:
    return {**a_new_place(cast), "opd": str(cast.office.opd.uid)}


def for_the_opd(cast: Cast) -> dict[str, object]:
    return {"units": [str(cast.office.opd.uid)], "first": "2026-11-20"}


def an_end(cast: Cast) -> dict[str, object]:
    return {"last": "2026-11-20", "reason": "Pindah"}


def a_new_letter(cast: Cast) -> dict[str, object]:
    return {
        "number": "800/2",
        "subject": "Pendataan",
        "opd": str(cast.office.opd.uid),
        "first": "2026-11-20",
        "last": "2026-11-21",
        "people": cast.ani.employee.nip,
        "places": [str(a_place(cast)["uid"])],
    }


def a_sheet(cast: Cast) -> dict[str, object]:
    rows: list[list[object]] = [
        ["Nama", "Lintang", "Bujur", "Radius", "Kode unit"],
        ["Kantor", "1.4748", "124.8420", 100, "1.01"],
    ]
    return {"file": xlsx_upload("tempat.xlsx", rows)}


ROWS = [
    region("places-list", "GET", VIEWERS),
    region("places-map", "GET", VIEWERS),
    region("places-place", "GET", VIEWERS, args=a_place),
    region("places-new", "GET", MANAGERS),
    region("places-new", "POST", MANAGERS, ok=302, data=kept_by_the_opd),
    region("places-import", "GET", MANAGERS),
    region("places-import", "POST", MANAGERS, ok=302, data=a_sheet),
    region("places-template", "GET", MANAGERS),
    region("places-letters", "GET", MANAGERS),
    region("places-letter-new", "GET", MANAGERS),
    region("places-letter-new", "POST", MANAGERS, ok=302, data=a_new_letter),
    region("places-letter", "GET", MANAGERS, args=a_letter),
    region("places-letter-withdraw", "POST", MANAGERS, ok=302, args=a_letter),
    region("places-assignment-end", "GET", MANAGERS, args=an_assignment),
    region("places-assignment-end", "POST", MANAGERS, ok=302, args=an_assignment, data=an_end),
    region("places-change", "GET", MANAGERS, args=a_place),
    region("places-change", "POST", MANAGERS, ok=302, args=a_place, data=a_new_place),
    region("places-end", "GET", MANAGERS, args=a_place),
    region("places-end", "POST", MANAGERS, ok=302, args=a_place, data=an_end),
    region("places-reopen", "POST", MANAGERS, ok=302, args=an_ended_place),
    region("places-assign", "GET", MANAGERS, args=a_place),
    region("places-assign", "POST", MANAGERS, ok=302, args=a_place, data=for_the_opd),
]
