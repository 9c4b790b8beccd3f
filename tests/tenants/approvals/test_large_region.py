"""Six thousand people below one head of the region: the inboxes at the top stay short, whatever comes up.

The tree is written set-based: the head of the region, the deputy, heads of OPDs, heads of sections, staff. Each of the
staff has one document that every level has passed up; one branch goes the way through the real actions.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.accounts.models import User
from kernel.testing.queries import assert_query_count
from tenants.approvals.actions import Submission, decide, submit_many
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.models import ApprovalRequest, Chain, ChainStep
from tenants.employees.models import Employee, Placement
from tenants.organisation.models import Position, Unit
from tests.cast import make_nip, make_user
from tests.tenants.approvals.papers import Told

TODAY = date(2026, 11, 19)
OPDS, SECTIONS, STAFF = 45, 12, 10
MOST_FOR_HEAD, MOST_FOR_DEPUTY = 60, 100
SINCE = DateRange(date(2024, 1, 1), None)


@dataclass(frozen=True)
class Region:
    """The people of each level, from the top down; `staff` are in the order of their sections."""

    head: Employee
    deputy: Employee
    opd_heads: list[Employee]
    section_heads: list[Employee]
    staff: list[Employee]
    chain: Chain


@pytest.fixture
def region(manado: Any, papers: Told) -> Iterator[Region]:
    with clock.at(clock.at_local(TODAY, time(9), "Asia/Makassar")):
        yield build(OPDS)


@pytest.fixture
def small_region(manado: Any, papers: Told) -> Iterator[Region]:
    """The same levels with a few offices."""
    with clock.at(clock.at_local(TODAY, time(9), "Asia/Makassar")):
        yield build(3)


def build(offices: int) -> Region:
    units = Unit.objects.bulk_create(
        Unit(code=f"U-{n}", name=f"Dinas {n}", kind=Unit.Kind.OPD) for n in range(offices + 1)
    )
    for unit in units:
        unit.opd = unit
    Unit.objects.bulk_update(units, ["opd"])
    top, *opds = units
    (head,) = posts([(top, None)], "KD", "Kepala Daerah", "jpt", office=Position.Office.KEPALA_DAERAH)
    (deputy,) = posts([(top, head)], "WK", "Wakil", "jpt", office=Position.Office.WAKIL_KEPALA_DAERAH)
    opd_heads = posts([(unit, deputy) for unit in opds], "OPD", "Kepala Dinas", "jpt")
    section_heads = posts(
        [(above.unit, above) for above in opd_heads for _ in range(SECTIONS)], "SEK", "Kepala Seksi", "pengawas"
    )
    staff = posts([(above.unit, above) for above in section_heads for _ in range(STAFF)], "STAF", "Staf", "pelaksana")
    people = hold([head, deputy, *opd_heads, *section_heads, *staff])
    chain = lay_down_chain(
        document_kind="paper",
        name="Sampai kepala daerah",
        valid_from=date(2024, 1, 1),
        steps=[
            StepInput(ChainStep.Approver.DIRECT_SUPERIOR),
            StepInput(ChainStep.Approver.NEXT_SUPERIOR),
            StepInput(ChainStep.Approver.WAKIL_KEPALA_DAERAH),
            StepInput(ChainStep.Approver.KEPALA_DAERAH),
        ],
    )
    first = 2 + offices
    return Region(
        head=people[0],
        deputy=people[1],
        opd_heads=people[2:first],
        section_heads=people[first : first + len(section_heads)],
        staff=people[first + len(section_heads) :],
        chain=chain,
    )


def posts(
    places: list[tuple[Unit, Position | None]], code: str, title: str, kind: str, *, office: str = ""
) -> list[Position]:
    return Position.objects.bulk_create(
        Position(code=f"{code}-{n}", title=title, unit=unit, kind=kind, superior=above, office=office)
        for n, (unit, above) in enumerate(places)
    )


def hold(positions: list[Position]) -> list[Employee]:
    """One person in each of these posts."""
    people = Employee.objects.bulk_create(
        Employee(name=f"{position.title} {number:05}", nip=make_nip(1000 + number))
        for number, position in enumerate(positions)
    )
    Placement.objects.bulk_create(
        Placement(employee=person, position=position, period=SINCE)
        for person, position in zip(people, positions, strict=True)
    )
    return people


def account(person: Employee) -> User:
    person.user = make_user(person.nip, person.name, "asn", "atasan")
    person.save()
    return person.user


def waiting_for(region: Region, approver: Employee, level: int, every: int = 1) -> None:
    """One document of each of the staff (or of every n-th), passed up to `approver` by who stands directly below."""
    per_opd = SECTIONS * STAFF
    ApprovalRequest.objects.bulk_create(
        ApprovalRequest(
            document_kind="paper",
            document_uid=uuid.uuid4(),
            title="Surat",
            owner=person,
            chain=region.chain,
            level=level,
            approver=approver,
            came_from=region.deputy if level == 4 else region.opd_heads[number // per_opd],
            on=TODAY,
            remarks=["Tanpa bukti"] if number % 100 == 0 else [],
            is_exception=number % 100 == 0,
        )
        for number, person in enumerate(region.staff)
        if number % every == 0
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE approvals_approvalrequest, employees_employee, employees_placement")


def test_the_heads_inbox_stays_below_sixty_rows(region: Region, signed_in: Any) -> None:
    assert Employee.objects.count() >= 5900
    user = account(region.head)
    waiting_for(region, region.head, 4)
    # The deputy's own documents come directly.
    hand_in(region.deputy, 5)
    ApprovalRequest.objects.filter(owner=region.deputy).update(approver=region.head, level=4, came_from=None)
    browser: Client = signed_in(user)
    browser.get("/kotak-masuk/")
    page = assert_query_count("approvals.inbox.head", lambda: browser.get("/kotak-masuk/"))
    people = rows_of(page)
    assert page.context["waiting_total"] == len(region.staff) + 5
    assert people <= MOST_FOR_HEAD
    assert [(row.name, row.total) for row in page.context["senders"]] == [(region.deputy.name, len(region.staff))]


def test_the_deputys_inbox_stays_below_a_hundred_rows(region: Region, signed_in: Any) -> None:
    user = account(region.deputy)
    waiting_for(region, region.deputy, 3)
    browser: Client = signed_in(user)
    page = browser.get("/kotak-masuk/")
    assert rows_of(page) == OPDS <= MOST_FOR_DEPUTY
    row = page.context["senders"][0]
    assert (row.total, row.ordinary + row.exceptions) == (SECTIONS * STAFF, SECTIONS * STAFF)
    # The ordinary ones of one OPD in one go, the exceptions stay.
    form = {"naik": f"{row.uid}:{row.ordinary}", "sampai": clock.now().isoformat()}
    assert browser.post("/kotak-masuk/putuskan/", form).status_code == 302
    left = ApprovalRequest.objects.waiting().filter(came_from__uid=row.uid, approver=region.deputy)
    assert left.count() == row.exceptions
    passed = ApprovalRequest.objects.waiting().filter(approver=region.head, came_from=region.deputy)
    assert passed.count() == row.ordinary


def test_the_statements_do_not_grow_with_what_came_up(small_region: Region, signed_in: Any) -> None:
    region = small_region
    user = account(region.deputy)
    browser: Client = signed_in(user)
    waiting_for(region, region.deputy, 3, every=60)
    browser.get("/kotak-masuk/")
    counts = []
    for every in (60, 1):
        waiting_for(region, region.deputy, 3, every=every)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/kotak-masuk/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_branch_climbs_level_by_level_and_none_is_skipped(small_region: Region, papers: Told) -> None:
    region = small_region
    mine = region.staff[:STAFF]
    requests = [request for person in mine for request in hand_in(person, 2)]
    uids = [request.uid for request in requests]
    way = [region.section_heads[0], region.opd_heads[0], region.deputy, region.head]
    came_from: list[Employee | None] = [None, *way[:-1]]
    for level, (approver, sender) in enumerate(zip(way, came_from, strict=True), 1):
        rows = ApprovalRequest.objects.filter(uid__in=uids)
        assert set(rows.values_list("level", "approver_id", "came_from_id")) == {
            (level, approver.pk, None if sender is None else sender.pk)
        }
        decide(request_uids=uids, verdict="approved", actor=account(approver))
    assert papers.calls == [("approved", len(uids), "")]


def rows_of(page: Any) -> int:
    """How many rows or people stand on the page."""
    return len(page.context["senders"]) + len(page.context["exceptions"]) + len(page.context["groups"])


def hand_in(person: Employee, count: int) -> list[ApprovalRequest]:
    actor = User.objects.filter(employee=person).first() or make_user(person.nip, person.name, "asn")
    return submit_many(
        document_kind="paper",
        submissions=[Submission(uuid.uuid4(), person, f"Surat {n}", TODAY) for n in range(count)],
        actor=actor,
    )
