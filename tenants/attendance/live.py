"""The board of this moment: how many people of each OPD or unit are there, late, away or not heard of, and who.

Counted by the database from the days as they are stored, in one statement however many people there are. Days follow
new punches within seconds (`following`); whose shift passes midnight is counted by it until it ends.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel import clock
from tenants.attendance.models import PunchFollowing
from tenants.calendars.work_date import running_day

ROWS: Final = 25

# States in the order of their columns: words, short words for the head of a column, and the kind of their chip.
STATES: Final[dict[str, tuple[str | Promise, str | Promise, str]]] = {
    "in": (_("Hadir"), _("Hadir"), "ok"),
    "late": (_("Terlambat"), _("Telat"), "wait"),
    "missing": (_("Belum absen"), _("Belum"), "bad"),
    "unknown": (_("Belum ada kabar"), _("Tanpa kabar"), "plain"),
    "coming": (_("Belum jam kerja"), _("Nanti"), "plain"),
    "duty": (_("Tugas luar"), _("Dinas"), "info"),
    "leave": (_("Cuti, sakit, izin"), _("Cuti"), "info"),
    "oncall": (_("Siaga di rumah"), _("Siaga"), "plain"),
    "off": (_("Libur"), _("Libur"), "plain"),
}

# A phone that was heard so long before the shift, or since, would have brought a punch.
_HEARD: Final = timedelta(hours=1)

# A phone is only asked for where nothing else is known, so that an OPD's board does not read the whole region's.
_PEOPLE: Final[LiteralString] = """
    WITH people AS (
        SELECT e.id, e.uid, e.name, u.id AS unit_id, coalesce(u.opd_id, u.id) AS opd_id, u.name AS unit_name,
            d.first_in, d.last_out, d.document,
            CASE WHEN d.live <> 'none' AND d.live <> '' THEN d.live
                WHEN d.scheduled_in IS NULL THEN 'unknown'
                WHEN d.scheduled_in > %(now)s THEN 'coming'
                WHEN (
                    SELECT max(k.last_contact_at) FROM punches_phonekey k
                    WHERE k.employee_id = e.id AND k.kind = 'phone' AND k.state <> 'ended'
                ) >= d.scheduled_in - %(heard)s::interval THEN 'missing'
                ELSE 'unknown' END AS state
        FROM employees_placement p
        JOIN employees_employee e ON e.id = p.employee_id AND e.is_active
        JOIN organisation_position o ON o.id = p.position_id
        JOIN organisation_unit u ON u.id = o.unit_id
        LEFT JOIN LATERAL (
            SELECT r.live, r.scheduled_in, r.first_in, r.last_out, r.document FROM attendance_dayresult r
            WHERE r.employee_id = e.id AND r.date >= %(yesterday)s AND r.date <= %(today)s
                AND (r.date = %(today)s OR r.is_working_day AND r.scheduled_out > %(now)s)
            ORDER BY r.date LIMIT 1
        ) AS d ON true
        WHERE p.kind = 'definitif' AND p.period @> %(today)s::date
            AND (%(everywhere)s OR coalesce(u.opd_id, u.id) = ANY (%(opds)s::bigint[]))
            AND NOT EXISTS (
                SELECT FROM employees_servicestop s WHERE s.employee_id = e.id AND s.period @> %(today)s::date
            )
    )
"""
_BY_OPD: Final[LiteralString] = (
    _PEOPLE  # noqa: S608  # two constants
    + """
    SELECT u.uid, u.name, people.state, count(*) FROM people JOIN organisation_unit u ON u.id = people.opd_id
    GROUP BY u.id, people.state ORDER BY u.code
"""
)
_BY_UNIT: Final[LiteralString] = (
    _PEOPLE  # noqa: S608  # two constants
    + """
    SELECT u.uid, u.name, people.state, count(*) FROM people JOIN organisation_unit u ON u.id = people.unit_id
    GROUP BY u.id, people.state ORDER BY u.parent_id IS NOT NULL, u.code
"""
)
_ROWS: Final[LiteralString] = (
    _PEOPLE  # noqa: S608  # two constants
    + """
    SELECT uid, name, unit_name, state, first_in, last_out, document FROM people
    WHERE (%(state)s = '' OR state = %(state)s)
        AND (%(unit)s::uuid IS NULL OR unit_id = (SELECT id FROM organisation_unit WHERE uid = %(unit)s))
        AND (%(after)s::uuid IS NULL
            OR (name, id) > (SELECT name, id FROM employees_employee WHERE uid = %(after)s))
    ORDER BY name, id LIMIT %(rows)s
"""
)


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person of the board, with what is known of the day."""

    uid: UUID
    name: str
    unit_name: str
    state: str
    first_in: datetime | None
    last_out: datetime | None
    document: str

    @property
    def words(self) -> str | Promise:
        return STATES[self.state][0]

    @property
    def chip(self) -> str:
        return STATES[self.state][2]


@dataclass(frozen=True, slots=True)
class Slice:
    """Some people of the board; `next` is the uid behind which the following ones begin, "" at the end."""

    rows: list[Somebody]
    next: str
    is_first: bool


@dataclass(slots=True)
class Place:
    """An OPD or a unit with how many of its people are in each state."""

    uid: UUID
    name: str
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def version() -> str:
    """Changes with every stored day, and each minute, as people turn late by time alone. One statement."""
    written = PunchFollowing.objects.filter(pk=1).values_list("version", flat=True).first() or 0
    return f"{written}-{int(clock.now().timestamp()) // 60}"


def counts_by_opd(opds: Collection[int] | None) -> list[Place]:
    """The OPDs of the region (these, unless None) by code, in one statement."""
    return _counted(_BY_OPD, opds)


def counts_by_unit(opd: int) -> list[Place]:
    """The OPD itself and its units, in one statement."""
    return _counted(_BY_UNIT, [opd])


def _counted(statement: LiteralString, opds: Collection[int] | None) -> list[Place]:
    places: dict[UUID, Place] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(opds))
        for uid, name, state, count in cursor.fetchall():
            places.setdefault(uid, Place(uid, name)).counts[state] = count
    return list(places.values())


def people_of(opd: int, *, unit: UUID | None = None, state: str = "", after: UUID | None = None) -> Slice:
    """The people of the OPD, or of one unit of it, by name: those in this state, behind this person."""
    values = _values([opd]) | {"unit": unit, "state": state, "after": after, "rows": ROWS + 1}
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, values)
        rows = [Somebody(*row) for row in cursor.fetchall()]
    more = len(rows) > ROWS
    return Slice(rows[:ROWS], str(rows[ROWS - 1].uid) if more else "", after is None)


def _values(opds: Collection[int] | None) -> dict[str, Any]:
    today: date = running_day()
    return {
        "now": clock.now(),
        "heard": _HEARD,
        "today": today,
        "yesterday": today - timedelta(days=1),
        "everywhere": opds is None,
        "opds": [] if opds is None else list(opds),
    }
