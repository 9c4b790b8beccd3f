"""Pages and bulk work ask the database as often for 200 rows as for 20 (performance note 3.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import Role, RoleGrant
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.permissions import REGION_ROLES
from tenants.activities.actions import submit_activities
from tenants.approvals.actions import decide
from tenants.attendance.results import recompute_days
from tenants.rules.models import StoredRuleSet
from tenants.tpp.actions import start_run
from tests.cast import Office, Person
from tests.gates.crowd import FINISHED, NOW, Crowd

FEW, MANY = 20, 200
# A page that has more behind it may ask once or twice more, never once for each row.
SLACK = 2
# What there is for people with a second factor, and for operators who come with a signed hand-over.
REFUSING = {"/akun/keamanan/aplikasi/hapus/": 404, "/akun/keamanan/kode/": 404, "/tamu/masuk/": 403}
REGISTRY = "FROM regions_region r LEFT JOIN regions_domain"


@pytest.fixture
def crowd(office: Office, ani: Person, budi: Person) -> Iterator[Crowd]:
    with clock.at(NOW):
        yield Crowd(office, budi.employee, ani.employee)


def statements(call: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured.captured_queries if REGISTRY not in query["sql"]]


def compare(few: list[str], many: list[str]) -> None:
    listed = "\n".join(sorted(set(many)))
    assert abs(len(many) - len(few)) <= SLACK, f"{len(few)} statements for {FEW}, {len(many)} for {MANY}:\n{listed}"


def addresses(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    """Every address of a region's host that needs no argument. Machines' addresses are patterns of their own kind."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if "<" in route or "^" in route:
            continue
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from addresses(entry, route)


PAGES = sorted(set(addresses(get_resolver("config.urls_region"))))


def give_all_roles(person: Person) -> None:
    held = person.user.role_grants.values("role")
    RoleGrant.objects.bulk_create(
        RoleGrant(user=person.user, role=role)
        for role in Role.objects.filter(code__in=REGION_ROLES).exclude(pk__in=held)
    )


def test_every_page_without_an_argument_is_compared() -> None:
    known = {"/", "/absen/", "/aktivitas/", "/kotak-masuk/", "/pegawai/", "/jejak/", "/tpp/", "/api/v1/punches"}
    assert known <= set(PAGES)


def test_no_page_asks_once_for_each_row(
    crowd: Crowd, ani: Person, budi: Person, manado_rules: StoredRuleSet, signed_in: Callable[..., Client]
) -> None:
    for person in (ani, budi):
        give_all_roles(person)
    clients = {"ani": signed_in(ani.user), "budi": signed_in(budi.user)}
    counts: dict[tuple[str, str], list[list[str]]] = {}
    statuses: dict[tuple[str, str], int] = {}
    for number in (FEW, MANY):
        crowd.grow(number)
        run_month()
        for name, client in clients.items():
            for path in PAGES:
                # The first look fills what a process keeps.
                statuses[name, path] = client.get(path).status_code
                counts.setdefault((name, path), []).append(statements(lambda: client.get(path)))  # noqa: B023
    assert {page: status for page, status in statuses.items() if status not in (200, 302, 405)} == {
        (name, path): status for name in clients for path, status in REFUSING.items()
    }
    assert sum(status == 200 for status in statuses.values()) > 40
    grown = {
        f"{name} {path}": (len(few), len(many), sorted(set(many)))
        for (name, path), (few, many) in counts.items()
        if abs(len(many) - len(few)) > SLACK
    }
    assert grown == {}


def run_month() -> list[str]:
    """A run of the finished month through the action and the job's own function."""

    def run() -> None:
        started = start_run(month=Month.of(FINISHED), actor=System("tests"))
        assert started.job is not None
        work.run(str(started.job.uid))

    asked = statements(run)
    assert Job.objects.latest("id").state == Job.State.DONE
    return asked


def test_a_months_run_asks_as_often_for_many(crowd: Crowd, manado_rules: StoredRuleSet) -> None:
    crowd.grow(FEW)
    run_month()
    few = run_month()
    crowd.grow(MANY)
    run_month()
    many = run_month()
    compare(few, many)
    assert len(many) <= 200


def test_deciding_in_bulk_asks_as_often_for_many(crowd: Crowd, budi: Person) -> None:
    crowd.grow(FEW)
    few = statements(lambda: decided(crowd, budi, FEW))
    crowd.grow(FEW + MANY)
    many = statements(lambda: decided(crowd, budi, MANY))
    compare(few, many)
    assert len(many) <= 25


def decided(crowd: Crowd, approver: Person, number: int) -> None:
    uids = [request.uid for request in crowd.requests[-number:]]
    outcome = decide(request_uids=uids, verdict="approved", actor=approver.user)
    assert len(outcome.decided) == number


def test_handing_in_asks_as_often_for_many(crowd: Crowd, ani: Person) -> None:
    crowd.grow(FEW)
    few = statements(lambda: handed_in(crowd, ani, FEW))
    crowd.grow(FEW + 60)
    many = statements(lambda: handed_in(crowd, ani, 60))
    compare(few, many)


def handed_in(crowd: Crowd, owner: Person, number: int) -> None:
    uids = [activity.uid for activity in crowd.drafts[-number:]]
    outcome = submit_activities(employee=owner.employee, uids=uids, actor=owner.user)
    assert len(outcome.submitted) == number, outcome.refused


def test_computing_days_asks_as_often_for_many(crowd: Crowd, manado_rules: StoredRuleSet) -> None:
    crowd.grow(FEW)
    few = statements(lambda: recompute_days(first=FINISHED, end=date(2026, 11, 1)))
    crowd.grow(MANY)
    many = statements(lambda: recompute_days(first=FINISHED, end=date(2026, 11, 1)))
    compare(few, many)
