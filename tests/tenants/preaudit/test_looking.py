"""Looks are stored: what is new, what stays, what was mended; and what a lock asks of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.accounts.models import User
from kernel.errors import NotAllowed
from kernel.periods import Month
from tenants.employees.models import ServiceStop
from tenants.payout import gates
from tenants.preaudit.actions import waive, withdraw
from tenants.preaudit.errors import HitGone, NothingToCheck, OnlyForInspectorate, OwnHit
from tenants.preaudit.gate import nothing_open
from tenants.preaudit.looking import look_at_opd, start_look
from tenants.preaudit.models import Hit, Look, Waiver
from tenants.tpp.models import MonthLock, MonthRun, Slip
from tests.cast import Office, Person

MAY = Month(2024, 5)
WHY = "Sudah diperiksa bersama keluarga dan bank"
MakeUser = Callable[..., User]


@pytest.fixture
def look(dead_ani: Slip, office: Office, with_role: MakeUser) -> Callable[[], Look]:
    actor = with_role("inspektorat")
    return lambda: look_at_opd(month=MAY, kind="ordinary", opd=office.opd, actor=actor)


def grave() -> Hit:
    return Hit.objects.get(check_code="paid_though_dead")


def test_what_is_found_is_kept_and_found_again_as_the_same(look: Callable[[], Look], ani: Person) -> None:
    first = look()
    # Dead, and neither has an account.
    assert (first.people, first.hits, first.open_hits) == (2, 3, 3)
    seen = grave()
    again = look()
    assert again.hits == 3
    assert Hit.objects.count() == 3
    later = grave()
    assert (later.pk, later.first_seen_at) == (seen.pk, seen.first_seen_at)
    assert later.last_seen_at > seen.last_seen_at


def test_what_was_mended_stays_as_history_and_comes_back_when_it_does(look: Callable[[], Look]) -> None:
    look()
    stop = ServiceStop.objects.get()
    ServiceStop.objects.all().delete()
    assert look().open_hits == 2
    assert grave().gone_at is not None
    stop.save(force_insert=True)
    look()
    assert grave().gone_at is None
    assert Hit.objects.filter(check_code="paid_though_dead").count() == 1


def test_a_waiver_holds_as_long_as_the_facts_do(look: Callable[[], Look], with_role: MakeUser, dead_ani: Slip) -> None:
    look()
    waive(uids=[grave().uid], reason=WHY, document_number="ND 12", actor=with_role("inspektorat"))
    assert look().open_hits == 2
    Slip.objects.filter(pk=dead_ani.pk).update(net=900_000, gross=900_000)
    assert look().open_hits == 3
    assert [hit.gone_at is None for hit in Hit.objects.filter(check_code="paid_though_dead").order_by("pk")] == [
        False,
        True,
    ]


def test_the_gate_no_longer_heeds_a_waiver_once_the_run_gives_another_sum(
    look: Callable[[], Look], office: Office, with_role: MakeUser, dead_ani: Slip
) -> None:
    look()
    open_hits = list(Hit.objects.open().values_list("uid", flat=True))
    waive(uids=open_hits, reason=WHY, document_number="ND 12", actor=with_role("inspektorat"))
    assert not list(nothing_open(MAY, "ordinary", office.opd.pk))
    Slip.objects.filter(pk=dead_ani.pk).update(net=900_000, gross=900_000)
    (reason,) = nothing_open(MAY, "ordinary", office.opd.pk)
    assert reason.code == "preaudit"


def test_only_the_inspectorate_lets_a_grave_hit_through(look: Callable[[], Look], with_role: MakeUser) -> None:
    look()
    bkpsdm = with_role("bkpsdm")
    ordinary = Hit.objects.filter(is_grave=False)
    with pytest.raises(OnlyForInspectorate):
        waive(uids=[hit.uid for hit in Hit.objects.all()], reason=WHY, document_number="", actor=bkpsdm)
    assert not Waiver.objects.exists()
    waive(uids=[hit.uid for hit in ordinary], reason=WHY, document_number="", actor=bkpsdm)
    assert Waiver.objects.count() == 2
    with pytest.raises(NotAllowed):
        waive(uids=[grave().uid], reason=WHY, document_number="", actor=with_role("bpkad"))


def test_nobody_lets_a_hit_about_themselves_through(look: Callable[[], Look], ani: Person, with_role: MakeUser) -> None:
    from kernel.accounts.models import Role, RoleGrant

    look()
    RoleGrant.objects.create(user=ani.user, role=Role.objects.get(code="inspektorat"))
    with pytest.raises(OwnHit):
        waive(uids=[grave().uid], reason=WHY, document_number="", actor=User.objects.get(pk=ani.user.pk))


def test_a_hit_is_let_through_once_and_the_waiver_is_taken_back_once(
    look: Callable[[], Look], with_role: MakeUser
) -> None:
    look()
    inspector = with_role("inspektorat")
    waive(uids=[grave().uid], reason=WHY, document_number="", actor=inspector)
    with pytest.raises(HitGone):
        waive(uids=[grave().uid], reason=WHY, document_number="", actor=inspector)
    withdraw(uid=grave().uid, actor=inspector)
    with pytest.raises(HitGone):
        withdraw(uid=grave().uid, actor=inspector)
    waive(uids=[grave().uid], reason=WHY, document_number="", actor=inspector)
    assert Waiver.objects.count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM preaudit_waiver",
        "UPDATE preaudit_waiver SET reason = 'lain'",
        "UPDATE preaudit_waiver SET withdrawn_at = now(), reason = 'lain'",
        "TRUNCATE preaudit_waiver",
        "UPDATE preaudit_look SET hits = 0",
        "DELETE FROM preaudit_look",
    ],
)
def test_the_log_of_waivers_is_final_also_for_sql(
    statement: str, look: Callable[[], Look], with_role: MakeUser
) -> None:
    look()
    waive(uids=[grave().uid], reason=WHY, document_number="", actor=with_role("inspektorat"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(statement)


def preaudit_reasons(office: Office) -> list[str]:
    found = gates.reasons(MAY, "ordinary", office.opd.pk)
    return [reason.text for reason in found if reason.code == "preaudit"]


def test_the_gate_asks_anew_and_names_the_page(
    dead_ani: Slip, office: Office, look: Callable[[], Look], with_role: MakeUser
) -> None:
    # Nobody has looked yet; accounts can be mended behind the lock.
    assert preaudit_reasons(office) == ["1 temuan pra-audit belum diperbaiki atau dikecualikan."]
    look()
    inspector = with_role("inspektorat")
    waive(uids=[grave().uid], reason=WHY, document_number="", actor=inspector)
    assert preaudit_reasons(office) == []


def test_behind_the_lock_the_accounts_are_asked_for_too(
    dead_ani: Slip, run: MonthRun, office: Office, look: Callable[[], Look], with_role: MakeUser
) -> None:
    look()
    inspector = with_role("inspektorat")
    waive(uids=[grave().uid], reason=WHY, document_number="", actor=inspector)
    MonthLock.objects.create(
        month=run.month, run=run, opd=office.opd, digest="a" * 64, people=2, net_total=2_000_000, locked_by=inspector
    )
    assert preaudit_reasons(office) == ["2 temuan pra-audit belum diperbaiki atau dikecualikan."]


def test_all_opds_are_looked_at_in_the_background(
    dead_ani: Slip, with_role: MakeUser, run_outbox: Callable[[], int]
) -> None:
    job = start_look(month=MAY, kind="ordinary", actor=with_role("bkpsdm"))
    run_outbox()
    job.refresh_from_db()
    assert job.state == "done"
    assert Hit.objects.open().count() == 3
    assert Look.objects.get().opd is None


def test_a_month_without_a_run_has_nothing_to_check(office: Office, with_role: MakeUser) -> None:
    actor = with_role("bkpsdm")
    with pytest.raises(NothingToCheck):
        start_look(month=MAY, kind="ordinary", actor=actor)
    with pytest.raises(NothingToCheck):
        look_at_opd(month=MAY, kind="ordinary", opd=office.opd, actor=actor)
