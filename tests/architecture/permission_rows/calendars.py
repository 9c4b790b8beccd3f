"""The calendar: officials look, BKPSDM changes."""

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from tenants.calendars.models import Holiday, PatternAssignment, RamadanPeriod, WorkPattern
from tests.architecture.permission_table import Cast, region

OFFICIALS = "citra operator_opd bkpsdm inspektorat diskominfo kepala_daerah"
ROSTERS = "operator_opd bkpsdm"


def a_holiday(cast: Cast) -> dict[str, object]:
    return {"uid": Holiday.objects.drafts().order_by("date")[0].uid}


def a_pattern(cast: Cast) -> dict[str, object]:
    return {"uid": WorkPattern.objects.get(code="5-hari-kerja").uid}


def its_ramadan_hours(cast: Cast) -> dict[str, object]:
    pattern = WorkPattern.objects.get(code="5-hari-kerja")
    return {"uid": pattern.uid, "version": pattern.versions.get(variant="ramadan").uid}


def an_assignment_in_force(cast: Cast) -> dict[str, object]:
    pattern = WorkPattern.objects.get(code="5-hari-kerja")
    period = DateRange(date(2026, 10, 1), None)
    return {"uid": PatternAssignment.objects.create(unit=cast.office.opd, pattern=pattern, period=period).uid}


def a_ramadan(cast: Cast) -> dict[str, object]:
    period = DateRange(date(2026, 2, 18), date(2026, 3, 20))
    return {"uid": RamadanPeriod.objects.create(name="Ramadan 1447 H", period=period, source="SE 1").uid}


def a_coming_ramadan(cast: Cast) -> dict[str, object]:
    return {"name": "Ramadan 1448 H", "first": "2027-02-08", "last": "2027-03-09", "source": "SE 2"}


def a_confirmation(cast: Cast) -> dict[str, object]:
    return {"holiday": [str(a_holiday(cast)["uid"])], "source": "SKB 1/2026"}


def a_new_holiday(cast: Cast) -> dict[str, object]:
    return {"date": "2026-07-14", "name": "HUT", "kind": "daerah", "source": "SE 1"}


def a_week(cast: Cast) -> dict[str, object]:
    return {"name": "Pola uji", "rest_hours": "8", **the_hours(cast)}


def the_hours(cast: Cast) -> dict[str, object]:
    return {"valid_from": "2026-10-01", "code_0": "K", "starts_0": "08:00", "ends_0": "12:00", "day_0": "K"}


def what_it_is(cast: Cast) -> dict[str, object]:
    return {"name": "Lima hari", "rest_hours": "8"}


def a_last_day(cast: Cast) -> dict[str, object]:
    return {"last": "2026-10-31"}


def a_unit(cast: Cast) -> dict[str, object]:
    return {"uid": cast.office.unit.uid}


def a_fair(cast: Cast) -> dict[str, object]:
    return {"date": "2026-10-14", "name": "Pasar rakyat", "kind": "unit", "source": "SE 3"}


def a_zone(cast: Cast) -> dict[str, object]:
    return {"zone": "Asia/Jayapura"}


def a_copy(cast: Cast) -> dict[str, object]:
    return {"unit": str(cast.office.unit.uid), "bulan": "2026-12", "do": "copy-month"}


def somebody(cast: Cast) -> dict[str, object]:
    return {"uid": cast.ani.employee.uid}


def a_free_day(cast: Cast) -> dict[str, object]:
    return {"day_1": "-"}


def a_ready_one(cast: Cast) -> dict[str, object]:
    return {"code": "puskesmas"}


def an_assignment(cast: Cast) -> dict[str, object]:
    return {"units": [str(cast.office.opd.uid)], "first": "2026-10-01"}


def a_reason(cast: Cast) -> dict[str, object]:
    return {"reason": "Salah"}


ROWS = [
    region("calendars-holidays", "GET", OFFICIALS),
    region("calendars-patterns", "GET", OFFICIALS),
    region("calendars-draft", "POST", "bkpsdm", ok=302),
    region("calendars-confirm", "POST", "bkpsdm", ok=302, data=a_confirmation),
    region("calendars-add", "GET", "bkpsdm"),
    region("calendars-add", "POST", "bkpsdm", ok=302, data=a_new_holiday),
    region("calendars-remove", "GET", "bkpsdm", args=a_holiday),
    region("calendars-remove", "POST", "bkpsdm", ok=302, args=a_holiday, data=a_reason),
    region("calendars-pattern-new", "GET", "bkpsdm"),
    region("calendars-pattern-new", "POST", "bkpsdm", ok=302, data=a_week),
    region("calendars-pattern-take", "POST", "bkpsdm", ok=302, args=a_ready_one),
    region("calendars-pattern", "GET", "bkpsdm", args=a_pattern),
    region("calendars-pattern", "POST", "bkpsdm", ok=302, args=a_pattern, data=what_it_is),
    region("calendars-version-new", "GET", "bkpsdm", args=a_pattern),
    region("calendars-version-new", "POST", "bkpsdm", ok=302, args=a_pattern, data=the_hours),
    region("calendars-version", "GET", "bkpsdm", args=its_ramadan_hours),
    region("calendars-version", "POST", "bkpsdm", ok=302, args=its_ramadan_hours, data=the_hours),
    region("calendars-version-remove", "POST", "bkpsdm", ok=302, args=its_ramadan_hours),
    region("calendars-assign", "GET", "bkpsdm", args=a_pattern),
    region("calendars-assign", "POST", "bkpsdm", ok=302, args=a_pattern, data=an_assignment),
    region("calendars-assignment-end", "GET", "bkpsdm", args=an_assignment_in_force),
    region("calendars-assignment-end", "POST", "bkpsdm", ok=302, args=an_assignment_in_force, data=a_last_day),
    region("calendars-ramadan", "GET", OFFICIALS),
    region("calendars-ramadan-new", "GET", "bkpsdm"),
    region("calendars-ramadan-new", "POST", "bkpsdm", ok=302, data=a_coming_ramadan),
    region("calendars-ramadan-remove", "POST", "bkpsdm", ok=302, args=a_ramadan),
    region("calendars-units", "GET", OFFICIALS),
    region("calendars-unit-choose", "GET", "bkpsdm", ok=302),
    region("calendars-unit", "GET", "bkpsdm", args=a_unit),
    region("calendars-unit", "POST", "bkpsdm", ok=302, args=a_unit, data=a_fair),
    region("calendars-unit-zone", "POST", "bkpsdm", ok=302, args=a_unit, data=a_zone),
    region("calendars-roster", "GET", ROSTERS),
    # What is painted comes as JSON: a form is not read.
    region("calendars-roster-cells", "POST", ROSTERS, ok=400),
    region("calendars-roster-act", "POST", ROSTERS, ok=302, data=a_copy),
    region("calendars-roster-sheet", "GET", ROSTERS, ok=302),
    region("calendars-roster-import", "POST", ROSTERS, ok=302, data=a_copy),
    region("calendars-roster-person", "GET", ROSTERS, args=somebody),
    region("calendars-roster-person", "POST", ROSTERS, ok=302, args=somebody, data=a_free_day),
]
