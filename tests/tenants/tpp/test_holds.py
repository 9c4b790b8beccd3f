"""What holds a payment, and what lifts it: by rule, by an official, before the lock and after it, by one or two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.periods import Month
from kernel.tenancy.state import RegionState
from kernel.testing.queries import assert_query_count
from tenants.employees.models import Employee
from tenants.holds.actions import confirm_release, end_hold, hold_payment
from tenants.holds.errors import HoldRefused
from tenants.holds.models import HoldRelease, OrderedHold
from tenants.organisation.models import Unit
from tenants.tpp.actions import start_run
from tenants.tpp.holding import NEXT_MONTH, held_in, release_slip
from tenants.tpp.models import MonthRun, RunIssue, Slip, SlipLine
from tenants.tpp.signals import holds_released
from tests.tenants.payout.closing_steps import lock_whole_month
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, build, flawless
from tests.tenants.tryout.drafts import Change, draft

RunMonth = Callable[[], MonthRun]
SignedIn = Callable[..., Client]
NODE = "tahan.lhkpn"


def gate(action: str, *, by_two: bool = False) -> Change:
    """A gate that everybody with full discipline falls under."""

    def change(tree: dict[str, Any]) -> None:
        tree["nodes"].insert(
            1,
            {
                "id": NODE,
                "kind": "gate",
                "label": "LHKPN belum diterima",
                "stage": "month",
                "action": action,
                "released_by_two": by_two,
                "node": "disiplin.nilai",
                "when": [{"at_least": "100"}],
                "clause": {"text": "TPP ditahan sampai LHKPN diterima.", "reference": "Naskah coba Pasal 20"},
            },
        )

    return change


@pytest.fixture
def opd(manado: RegionState, bkpsdm: User, request: pytest.FixtureRequest) -> Unit:
    draft(getattr(request, "param", gate("hold")), state="published", since=date(2024, 1, 1))
    return build(bkpsdm)[0].employee.placements.get().position.unit


@pytest.fixture
def someone(opd: Unit, bkpsdm: User) -> Employee:
    return flawless("Farid", opd, bkpsdm)


def slip_of(run: MonthRun, person: Employee) -> Slip:
    return Slip.objects.select_related("run").get(run=run, employee=person)


def lift(slip: Slip, actor: User, node_id: str = NODE) -> HoldRelease:
    return release_slip(
        uid=slip.uid, node_id=node_id, reason="LHKPN diterima KPK", document_number="KPK/77", actor=actor
    )


def test_a_release_before_the_lock_pays_with_the_next_run_and_says_why_on_the_slip(
    someone: Employee, bkpsdm: User, run_month: RunMonth
) -> None:
    before = run_month()
    held = slip_of(before, someone)
    assert [hold["node_id"] for hold in held.holds] == [NODE]
    release = lift(held, bkpsdm)
    assert release.counts
    assert lift(held, bkpsdm) == release
    after = run_month()
    paid = slip_of(after, someone)
    assert (paid.holds, paid.net) == ([], held.net)
    assert after.held == before.held - 1
    note = SlipLine.objects.get(slip=paid, node_id=NODE).note
    assert "LHKPN diterima KPK" in note
    assert "KPK/77" in note
    others = Slip.objects.filter(run=before).exclude(employee=someone).values_list("employee", "digest")
    assert set(others) == set(
        Slip.objects.filter(run=after).exclude(employee=someone).values_list("employee", "digest")
    )


@pytest.mark.parametrize("opd", [gate("hold", by_two=True)], indirect=True)
def test_where_the_rule_asks_for_two_people_one_is_not_enough(
    someone: Employee, bkpsdm: User, run_month: RunMonth, with_role: Callable[..., User]
) -> None:
    release = lift(slip_of(run_month(), someone), bkpsdm)
    assert not release.counts
    assert slip_of(run_month(), someone).is_held
    with pytest.raises(HoldRefused, match="same_person"):
        confirm_release(uid=release.uid, actor=bkpsdm)
    confirm_release(uid=release.uid, actor=with_role("inspektorat"))
    assert not slip_of(run_month(), someone).is_held


def test_slips_whose_holds_were_all_lifted_are_found(
    someone: Employee, opd: Unit, bkpsdm: User, run_month: RunMonth, with_role: Callable[..., User]
) -> None:
    hold_payment(
        employee=someone,
        from_month=MAY,
        until_month=None,
        reason="Belum mengembalikan kendaraan dinas",
        basis="Perwali 9/2023",
        actor=with_role("inspektorat"),
    )
    run = run_month()
    slip = slip_of(run, someone)
    order = OrderedHold.objects.get()
    assert [hold["node_id"] for hold in slip.holds] == [NODE, order.node_id]
    assert not Slip.objects.released().exists()
    lift(slip, bkpsdm)
    assert not Slip.objects.released().exists()
    lift(slip, bkpsdm, order.node_id)
    assert list(Slip.objects.released()) == [slip]


def test_an_officials_hold_holds_from_its_month_on_and_is_lifted_by_another(
    someone: Employee, bkpsdm: User, run_month: RunMonth, with_role: Callable[..., User]
) -> None:
    said: dict[str, Any] = {
        "employee": someone,
        "from_month": MAY,
        "until_month": None,
        "reason": "Temuan belum ditindaklanjuti",
        "basis": "LHP 12/2024",
        "actor": bkpsdm,
    }
    order = hold_payment(**said)
    assert hold_payment(**said) == order
    slip = slip_of(run_month(), someone)
    line = SlipLine.objects.get(slip=slip, node_id=order.node_id)
    assert (line.clause_reference, line.effect) == ("LHP 12/2024", 0)
    assert "Temuan belum ditindaklanjuti" in slip.hold_reasons
    with pytest.raises(HoldRefused, match="same_person"):
        lift(slip, bkpsdm, order.node_id)
    with pytest.raises(HoldRefused, match="same_person"):
        end_hold(uid=order.uid, from_month=MAY.next, reason="Selesai", actor=bkpsdm)
    other = with_role("bkpsdm")
    end_hold(uid=order.uid, from_month=MAY, reason="Salah orang", actor=other)
    assert slip_of(run_month(), someone).hold_reasons == ["LHKPN belum diterima: 100, paling sedikit 100."]


def test_a_release_after_the_lock_tells_that_the_slip_can_be_paid_once_nothing_holds_it(
    someone: Employee, bkpsdm: User, run_month: RunMonth, with_role: Callable[..., User]
) -> None:
    hold_payment(
        employee=someone,
        from_month=MAY,
        until_month=None,
        reason="Temuan terbuka",
        basis="LHP 12/2024",
        actor=with_role("inspektorat"),
    )
    slip = slip_of(run_month(), someone)
    with clock.at(AFTERWARDS):
        lock_whole_month(MAY)
    told: list[list[int]] = []

    def listen(slips: list[int], **kwargs: object) -> None:
        told.append(slips)

    holds_released.connect(listen)
    try:
        lift(slip, bkpsdm)
        assert told == []
        lift(slip, bkpsdm, OrderedHold.objects.get().node_id)
        lift(slip, bkpsdm)
    finally:
        holds_released.disconnect(listen)
    assert told == [[slip.pk]]
    slip.refresh_from_db()
    assert slip.is_held


def test_nobody_holds_or_lifts_the_own_payment(someone: Employee, bkpsdm: User, run_month: RunMonth) -> None:
    slip = slip_of(run_month(), someone)
    someone.user = bkpsdm
    someone.save(update_fields=["user"])
    with pytest.raises(HoldRefused, match="own"):
        lift(slip, bkpsdm)
    with pytest.raises(HoldRefused, match="own"):
        hold_payment(employee=someone, from_month=MAY, until_month=None, reason="Uji", basis="Uji", actor=bkpsdm)


def test_what_is_not_held_is_not_lifted(someone: Employee, bkpsdm: User, run_month: RunMonth) -> None:
    slip = slip_of(run_month(), someone)
    with pytest.raises(HoldRefused, match="not_held"):
        lift(slip, bkpsdm, "tahan.lain")
    with pytest.raises(HoldRefused, match="not_held"):
        lift(slip, bkpsdm, NEXT_MONTH)


def test_the_database_keeps_releases(someone: Employee, bkpsdm: User, run_month: RunMonth) -> None:
    release = lift(slip_of(run_month(), someone), bkpsdm)
    for change in (
        lambda: HoldRelease.objects.update(reason="Lain"),
        lambda: HoldRelease.objects.update(confirmed_by=None, confirmed_at=clock.now()),
        release.delete,
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_hold_tells_since_when(
    someone: Employee, bkpsdm: User, run_month: RunMonth, run_outbox: Callable[[], int]
) -> None:
    may = run_month()
    june_slip = Slip.objects.get(run=may, employee=someone)
    run = MonthRun.objects.get(pk=may.pk)
    run.pk, run.uid, run.month, run.job_id = None, None, date(2024, 6, 1), None  # type: ignore[assignment]
    run.uid = new_uid()
    run.save(force_insert=True)
    june_slip.pk, june_slip.uid, june_slip.run = None, new_uid(), run
    june_slip.save(force_insert=True)
    assert [held.since for held in held_in([june_slip])] == [date(2024, 5, 1)]


@pytest.mark.parametrize("opd", [gate("block_next_month")], indirect=True)
def test_a_month_that_is_not_settled_keeps_the_person_out_of_the_next_until_it_is_lifted(
    someone: Employee, opd: Unit, bkpsdm: User, run_month: RunMonth, run_outbox: Callable[[], int]
) -> None:
    may = slip_of(run_month(), someone)
    assert may.blocks_next_month

    def june() -> RunIssue:
        with clock.at(AFTERWARDS):
            run = start_run(month=Month(2024, 6), actor=bkpsdm)
            run_outbox()
        return RunIssue.objects.get(run=run, employee=someone)

    issue = june()
    assert (issue.kind, issue.place) == ("error", "holds")
    assert "Mei 2024 belum selesai menurut aturan: LHKPN belum diterima" in issue.reason
    lift(may, bkpsdm, NEXT_MONTH)
    assert june().place != "holds"


def test_the_page_lists_holds_and_lifts_one(
    someone: Employee, bkpsdm: User, run_month: RunMonth, signed_in: SignedIn
) -> None:
    slip = slip_of(run_month(), someone)
    client = signed_in(bkpsdm)
    address = "/tpp/ditahan/?bulan=2024-05"
    text = assert_query_count("tpp.holds", lambda: client.get(address)).content.decode()
    assert someone.name in text
    assert "LHKPN belum diterima" in text
    form = f"/tpp/ditahan/slip/{slip.uid}/lepas/?ketentuan={NODE}"
    assert client.get(form).status_code == 200
    assert client.get(f"/tpp/ditahan/slip/{slip.uid}/lepas/?ketentuan=lain").status_code == 404
    wrong = client.post(form, {"reason": "", "document_number": ""})
    assert wrong.status_code == 422
    done = client.post(form, {"reason": "LHKPN diterima", "document_number": "KPK/77"}, follow=True).content.decode()
    assert "Dilepas" in done
    assert "KPK/77" in done
    assert "Tidak ada yang ditahan" in client.get("/tpp/ditahan/?bulan=2024-04").content.decode()


def test_the_page_holds_and_ends_by_decision(
    someone: Employee, bkpsdm: User, run_month: RunMonth, signed_in: SignedIn, with_role: Callable[..., User]
) -> None:
    client = signed_in(bkpsdm)
    sent = {"nip": someone.nip, "mulai": "2024-05", "alasan": "Temuan terbuka", "dasar": "LHP 12/2024"}
    assert client.post("/tpp/ditahan/baru/", {**sent, "nip": "1"}).status_code == 422
    page = client.post("/tpp/ditahan/baru/", {**sent, "sampai": ""}, follow=True).content.decode()
    assert "Temuan terbuka" in page
    order = OrderedHold.objects.get()
    refused = client.post(f"/tpp/ditahan/pejabat/{order.uid}/akhiri/", {"mulai": "2024-06", "alasan": "Selesai"})
    assert refused.status_code == 422
    other = signed_in(with_role("bkpsdm"))
    other.post(f"/tpp/ditahan/pejabat/{order.uid}/akhiri/", {"mulai": "2024-06", "alasan": "Selesai"})
    order.refresh_from_db()
    assert order.until_month == date(2024, 6, 1)
