"""Questions about many people and placements, on a date."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery

from kernel.among import among_keys
from tenants.employees.posts import Post, PostHistory, Posts, StandingFacts
from tenants.employees.reporting_lines import Holding, Override, ReportingLines
from tenants.organisation.models import Position, PositionTerms

if TYPE_CHECKING:
    from tenants.employees.models import (  # noqa: F401 (in the bases)
        BankAccount,
        Employee,
        Placement,
        SuperiorOverride,
    )


class EmployeeQuerySet(models.QuerySet["Employee"]):
    def active(self) -> EmployeeQuerySet:
        return self.filter(is_active=True)

    def in_service(self, first: date, end: date) -> EmployeeQuerySet:
        """Who is active, or held a definitive post on a day of the half-open period and has left since."""
        from tenants.employees.models import Placement

        held = Placement.objects.definitive().filter(period__overlap=DateRange(first, end))
        return self.filter(Q(is_active=True) | Q(pk__in=held.values("employee")))

    def keys_by_nip(self) -> dict[str, int]:
        """Their keys by NIP; of two people with one NIP the active one counts."""
        return dict(self.order_by("is_active").values_list("nip", "pk"))

    def standing_on(self, day: date) -> EmployeeQuerySet:
        """With the standing of that day: the annotations `status` and `golongan` (None where none is recorded)."""
        return self.annotate(
            standing=FilteredRelation("standings", condition=Q(standings__period__contains=day))
        ).annotate(status=F("standing__status"), golongan=F("standing__golongan"))

    def placed_on(self, day: date) -> EmployeeQuerySet:
        """With the definitive post of that day: `post__position__…` filters it, and the annotations `position_id`,
        `position_title`, `kelas`, `unit_id`, `unit_name`, `opd_id`, `opd_name`, `opd_uid` carry it (None without).
        """
        terms = PositionTerms.objects.filter(position=OuterRef("post__position_id"), period__contains=day)
        return self.annotate(
            post=FilteredRelation(
                "placements", condition=Q(placements__kind="definitif", placements__period__contains=day)
            )
        ).annotate(
            position_id=F("post__position_id"),
            position_title=F("post__position__title"),
            kelas=Subquery(terms.values("kelas")),
            unit_id=F("post__position__unit_id"),
            unit_name=F("post__position__unit__name"),
            opd_id=F("post__position__unit__opd_id"),
            opd_name=F("post__position__unit__opd__name"),
            opd_uid=F("post__position__unit__opd__uid"),
        )

    def in_opds(self, uids: Collection[UUID] | None, day: date) -> EmployeeQuerySet:
        """Those whose definitive post of that day is in these OPDs; everybody when None. Implies `placed_on`."""
        placed = self.placed_on(day)
        return placed if uids is None else placed.filter(Q(opd_uid__in=uids))

    def searched(self, text: str) -> EmployeeQuerySet:
        """Those whose name holds the words, or whose NIP begins with the digits."""
        text = " ".join(text.split())
        if not text:
            return self
        digits = text.replace(" ", "").replace(".", "").replace("-", "")
        if digits.isascii() and digits.isdigit():
            return self.filter(nip__startswith=digits)
        return self.filter(name__icontains=text)


class PlacementQuerySet(models.QuerySet["Placement"]):
    def on(self, day: date) -> PlacementQuerySet:
        """Those in force on the day."""
        return self.filter(period__contains=day)

    def definitive(self) -> PlacementQuerySet:
        return self.filter(kind="definitif")

    def acting(self) -> PlacementQuerySet:
        """Plt and Plh."""
        return self.exclude(kind="definitif")

    def holdings(self) -> list[Holding]:
        """As the reporting lines take them; only of active people."""
        rows = self.filter(employee__is_active=True).values_list("employee_id", "position_id", "kind", "period", "pk")
        return [Holding(employee, position, kind, period.lower, pk) for employee, position, kind, period, pk in rows]


class SuperiorOverrideQuerySet(models.QuerySet["SuperiorOverride"]):
    def in_force(self, day: date) -> SuperiorOverrideQuerySet:
        """Those of the day, as long as both hold the posts that it was written for."""
        return self.filter(
            period__contains=day,
            placement__period__contains=day,
            superior_placement__period__contains=day,
            superior__is_active=True,
        )

    def by_person(self) -> dict[int, Override]:
        """As the reporting lines take them."""
        columns = ("employee_id", "superior_id", "placement__position_id", "superior_placement__position_id")
        return {row[0]: Override(*row[1:]) for row in self.values_list(*columns)}


class BankAccountQuerySet(models.QuerySet["BankAccount"]):
    def standing(self) -> BankAccountQuerySet:
        """Those that nobody has withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def confirmed(self) -> BankAccountQuerySet:
        """Those that may be paid to."""
        return self.standing().filter(confirmed_at__isnull=False)

    def waiting(self) -> BankAccountQuerySet:
        """Changed ones that a second person has not confirmed yet."""
        return self.standing().filter(confirmed_at__isnull=True)

    def in_force(self, day: date) -> BankAccountQuerySet:
        """One for each person: the newest that counts on the day."""
        return self.confirmed().filter(first__lte=day).order_by("employee", "-first", "-id").distinct("employee")


def accounts_on(employee_ids: Iterable[int] | None, day: date) -> dict[int, BankAccount]:
    """The account to which each of these people, everybody when None, is paid on the day. One statement."""
    from tenants.employees.models import BankAccount

    accounts = BankAccount.objects.in_force(day)
    if employee_ids is not None:
        accounts = accounts.filter(employee_id__in=list(employee_ids))
    return {account.employee_id: account for account in accounts}


def standings_on(employee_ids: Iterable[int], day: date) -> dict[int, StandingFacts]:
    """The standing of these people on the day, in one statement. None recorded for the day: no entry."""
    from tenants.employees.models import Standing

    rows = Standing.objects.filter(employee_id__in=list(employee_ids), period__contains=day)
    return {
        employee: StandingFacts(status, golongan)
        for employee, status, golongan in rows.values_list("employee_id", "status", "golongan")
    }


def posts_on(employee_ids: Iterable[int] | None, day: date) -> dict[int, Posts]:
    """The posts of these people on the day, everybody's when None, in one statement. Without a post: no entry."""
    from tenants.employees.models import Placement

    in_force = Q(position__terms__period__contains=day)
    placements = Placement.objects.on(day).annotate(terms=FilteredRelation("position__terms", condition=in_force))
    if employee_ids is not None:
        placements = placements.filter(among_keys("employee_id", employee_ids))
    found: dict[int, list[Post]] = {}
    for row in placements.order_by("employee_id", "period", "pk").values_list("employee_id", *Post.COLUMNS):
        found.setdefault(row[0], []).append(Post(*row[1:]))
    return {employee: Posts.of(posts) for employee, posts in found.items()}


def post_history_of(employee_id: int) -> PostHistory:
    """All posts that the person held, holds or will hold, in one statement: for questions about several days."""
    from tenants.employees.models import Placement

    columns = [name.replace("terms__", "position__terms__") for name in Post.COLUMNS]
    rows = Placement.objects.filter(employee_id=employee_id).order_by("period", "pk", "position__terms__period")
    return PostHistory([(Post(*row[:-1]), row[-1]) for row in rows.values_list(*columns, "position__terms__period")])


def reporting_lines_on(day: date) -> ReportingLines:
    """The whole region's lines on the day, in three statements: for runs and lists over many people."""
    from tenants.employees.models import Placement, SuperiorOverride

    superiors = dict(Position.objects.values_list("pk", "superior_id"))
    overrides = SuperiorOverride.objects.in_force(day).by_person()
    return ReportingLines.of(superiors, Placement.objects.on(day).holdings(), overrides)


def reporting_line_of(employee: Employee, day: date) -> ReportingLines:
    """The lines above one person on the day, in four statements that do not grow with the region."""
    from tenants.employees.models import Placement, SuperiorOverride

    own = list(Placement.objects.on(day).filter(employee=employee).values_list("position_id", flat=True))
    superiors = _positions_above(own, day)
    overrides = SuperiorOverride.objects.in_force(day).filter(placement__position_id__in=superiors).by_person()
    holdings = Placement.objects.on(day).filter(position_id__in=superiors).holdings()
    return ReportingLines.of(superiors, holdings, overrides)


def _positions_above(position_ids: Collection[int], day: date) -> dict[int, int | None]:
    """These positions and all that a line from them can lead through, on the map and along overrides of the day."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE line(id) AS (
                SELECT unnest(%(start)s::bigint[])
                UNION
                SELECT above.id FROM line CROSS JOIN LATERAL (
                    SELECT superior_id AS id FROM organisation_position
                    WHERE id = line.id AND superior_id IS NOT NULL
                    UNION ALL
                    SELECT aside.position_id
                    FROM employees_placement held
                    JOIN employees_superioroverride o ON o.placement_id = held.id
                    JOIN employees_placement aside ON aside.id = o.superior_placement_id
                    WHERE held.position_id = line.id AND o.period @> %(day)s::date
                ) above
            )
            SELECT p.id, p.superior_id FROM organisation_position p JOIN line USING (id)
            """,
            {"start": list(position_ids), "day": day},
        )
        return dict(cursor.fetchall())


def superior_of(employee: Employee, day: date) -> Employee | None:
    """The direct superior on the day; the rules are those of `reporting_lines`."""
    line = superior_line(employee, day)
    return line[0] if line else None


def superior_line(employee: Employee, day: date) -> list[Employee]:
    """All superiors on the day, the direct one first: the second is the superior of the superior, and so on."""
    from tenants.employees.models import Employee

    ids = reporting_line_of(employee, day).line_of(employee.pk)
    people = Employee.objects.in_bulk(ids)
    return [people[pk] for pk in ids]


def superiors_of(employee_ids: Iterable[int], day: date) -> dict[int, Employee | None]:
    """The direct superior of each of these people on the day, in four statements."""
    from tenants.employees.models import Employee

    lines = reporting_lines_on(day)
    found = {pk: lines.superior_of(pk) for pk in employee_ids}
    people = Employee.objects.in_bulk({pk for pk in found.values() if pk is not None})
    return {pk: None if superior is None else people[superior] for pk, superior in found.items()}


def subordinates_of(employee: Employee, day: date) -> list[Employee]:
    """Everybody whose direct superior this person is on the day, by name."""
    from tenants.employees.models import Employee

    ids = reporting_lines_on(day).subordinates_of(employee.pk)
    return list(Employee.objects.filter(pk__in=ids).order_by("name", "pk"))
