"""Presence that does not carry what is paid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.among import among_keys
from kernel.tenancy.context import current_region
from tenants.activities import doubts
from tenants.attendance.models import DayResult
from tenants.preaudit.checks.registry import BPK, Found, Mend, as_facts, check, counted
from tenants.preaudit.subject import Subject

PEOPLE_ON_ONE_SPOT: Final = 3
# Letters of the last days come in during the first week of the next month, and nobody has to explain that.
LATE_LETTER: Final = timedelta(days=10)
DAYS_ON_ONE_SPOT: Final = 2


class _Days(NamedTuple):
    """Working days of a payee, and those of them with presence and with a letter."""

    employee: int
    working: int
    present: int
    excused: int


def _days(subject: Subject) -> list[_Days]:
    """Of each payee who has a judged working day and no sheet instead."""
    month = subject.month
    paid = [employee for employee, payee in subject.by_system.items() if payee.net > 0]
    rows = (
        DayResult.objects.filter(
            among_keys("employee", paid), date__gte=month.first_day, date__lt=month.end, is_working_day=True
        )
        .order_by("employee")
        .values_list("employee_id")
        .annotate(
            working=Count("pk"),
            present=Count("pk", filter=Q(presence=DayResult.Presence.PRESENT)),
            excused=Count("pk", filter=Q(presence=DayResult.Presence.EXCUSED)),
        )
    )
    return [_Days(*row) for row in rows]


@check(
    "never_there",
    title=_("Tidak pernah hadir"),
    words=_("Akan dibayar %(net)s, padahal dari %(working)s hari kerja tidak sekali pun hadir atau bersurat."),
    mend=Mend.ATTENDANCE,
    is_grave=True,
    source=BPK,
)
def never_there(subject: Subject) -> Iterator[Found]:
    """Neither present nor excused on any working day."""
    for days in _days(subject):
        if not days.present and not days.excused:
            net = Decimal(subject.payees[days.employee].net)
            yield Found(days.employee, as_facts(net=net, working=days.working))


@check(
    "away_all_month",
    title=_("Sebulan penuh dengan surat"),
    words=_(
        "Akan dibayar %(net)s, padahal seluruh %(working)s hari kerja dijalani dengan surat, tanpa satu hari hadir."
    ),
    mend=Mend.ATTENDANCE,
    source=_("Cuti panjang dan bulan pelatihan punya aturan sendiri."),
)
def away_all_month(subject: Subject) -> Iterator[Found]:
    """Every working day is covered by letters: perhaps a long leave or study that was not recorded as one."""
    for days in _days(subject):
        if days.excused and not days.present:
            net = Decimal(subject.payees[days.employee].net)
            yield Found(days.employee, as_facts(net=net, working=days.working))


@check(
    "punches_under_review",
    title=_("Absen masih ditinjau"),
    words=_("%(count)s absen bulan ini masih berstatus ditinjau."),
    mend=Mend.ATTENDANCE,
    source=_("Absen yang diragukan dihitung sementara sampai ditinjau."),
)
def punches_under_review(subject: Subject) -> Iterator[Found]:
    """Punches of the month that nobody has looked at."""
    return counted(doubts.punches_under_review(subject.month, subject.by_system))


_ONE_SPOT = """
    WITH spots AS (
        SELECT latitude, longitude, (captured_at AT TIME ZONE %(zone)s)::date AS day,
               array_agg(DISTINCT employee_id) AS people
        FROM punches_punch
        WHERE captured_at >= %(first)s AND captured_at < %(end)s AND latitude IS NOT NULL
        GROUP BY 1, 2, 3
        HAVING count(DISTINCT employee_id) >= %(people)s
    )
    SELECT person, count(DISTINCT day), max(cardinality(people))
    FROM spots, unnest(people) AS person
    GROUP BY person
    HAVING count(DISTINCT day) >= %(days)s
    ORDER BY person
"""


@check(
    "same_spot",
    title=_("Titik absen sama persis dengan orang lain"),
    words=_("Pada %(days)s hari titik koordinatnya sama sampai enam desimal dengan %(others)s orang lain."),
    mend=Mend.ATTENDANCE,
    source=_("Banyak orang pada satu titik menunjuk ke lokasi palsu."),
)
def same_spot(subject: Subject) -> Iterator[Found]:
    """At least three people share one coordinate to six decimals on one day, on two days or more."""
    zone = current_region().time_zone
    first, end = clock.month_bounds(subject.month, zone)
    values: dict[str, str | int | datetime] = {
        "zone": zone,
        "first": first,
        "end": end,
        "people": PEOPLE_ON_ONE_SPOT,
        "days": DAYS_ON_ONE_SPOT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ONE_SPOT, values)
        rows = cursor.fetchall()
    for employee, days, people in rows:
        if employee in subject.payees:
            yield Found(employee, as_facts(days=days, others=people - 1))


@check(
    "letters_after_the_month",
    title=_("Surat kehadiran dicatat lama setelah bulannya lewat"),
    words=_("%(count)s surat untuk bulan ini baru dicatat lebih dari 10 hari sesudah bulan berakhir."),
    mend=Mend.ATTENDANCE,
    source=_("Tanda risiko yang juga dipakai pengawasan."),
)
def letters_after_the_month(subject: Subject) -> Iterator[Found]:
    """Approved letters for days of the month that were recorded more than ten days after its end."""
    return counted(doubts.late_letters(subject.month, subject.by_system, after=LATE_LETTER))
