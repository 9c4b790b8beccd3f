"""The calendar: officials look, BKPSDM changes."""

from tenants.calendars.models import Holiday, WorkPattern
from tests.architecture.permission_table import Cast, region

OFFICIALS = "citra operator_opd bkpsdm inspektorat diskominfo kepala_daerah"


def a_holiday(cast: Cast) -> dict[str, object]:
    return {"uid": Holiday.objects.drafts().order_by("date")[0].uid}


def a_pattern(cast: Cast) -> dict[str, object]:
    return {"uid": WorkPattern.objects.get(code="ramadan").uid}


def a_confirmation(cast: Cast) -> dict[str, object]:
    return {"holiday": [str(a_holiday(cast)["uid"])], "source": "SKB 1/2026"}


def a_new_holiday(cast: Cast) -> dict[str, object]:
    return {"date": "2026-07-14", "name": "HUT", "kind": "daerah", "source": "SE 1"}


def a_week(cast: Cast) -> dict[str, object]:
    return {"name": "Pola uji", "starts_0": "08:00", "ends_0": "12:00"}


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
    region("calendars-pattern", "GET", "bkpsdm", args=a_pattern),
    region("calendars-pattern", "POST", "bkpsdm", ok=302, args=a_pattern, data=a_week),
    region("calendars-assign", "GET", "bkpsdm", args=a_pattern),
    region("calendars-assign", "POST", "bkpsdm", ok=302, args=a_pattern, data=an_assignment),
]
