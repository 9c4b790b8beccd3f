"""Sums by decision: once per source, in the next difference run, cancelled before they are taken; late facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import NotAllowed
from kernel.periods import Month
from tenants.arrears.actions import cancel_order, order, set_share
from tenants.arrears.errors import OrderRefused, ShareRefused
from tenants.arrears.models import DifferenceSlip, LateFact, Order
from tenants.arrears.recoveries import share_in
from tenants.calendars import closing
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tests.cast import make_user
from tests.tenants.arrears.closed import Difference, first_person
from tests.tenants.tpp.pilot import JULY, JUNE, MAY, after

SignedIn = Callable[..., Client]
SOURCE = UUID("0198f3a2-0000-7000-8000-00000000000a")


@dataclass
class Deciding:
    """Decides for the first person of the first OPD."""

    person: Employee
    actor: User

    def __call__(self, amount: int = 200_000, *, of: Month = JUNE, source: UUID = SOURCE) -> Order:
        return order(
            employee=self.person,
            of_month=of,
            amount=Decimal(amount),
            reason="Putusan 12/G/2024",
            reference="12/G/2024",
            source="court",
            source_uid=source,
            actor=self.actor,
        )


@pytest.fixture
def decide(closed_months: list[Unit], bkpsdm: User) -> Deciding:
    return Deciding(first_person(closed_months[0]), bkpsdm)


def test_a_decided_sum_is_gross_taxed_and_explained(decide: Deciding, difference: Difference) -> None:
    made = decide()
    (slip,) = DifferenceSlip.objects.filter(run=difference())
    assert slip.gross == 200_000
    assert slip.pagu == 0
    assert 0 < slip.net == slip.gross - slip.tax - slip.contributions
    assert (slip.is_rapel, slip.is_koreksi, slip.is_decided) == (False, False, True)
    assert slip.orders == [str(made.uid)]
    line = slip.lines.get(node_id="keputusan")
    assert (line.label, line.clause_reference, line.reason) == ("Putusan 12/G/2024", "12/G/2024", "decision")
    assert line.difference == 200_000


def test_a_minus_by_decision_lowers_the_month(decide: Deciding, difference: Difference) -> None:
    decide(-200_000)
    (slip,) = DifferenceSlip.objects.filter(run=difference())
    assert slip.gross == -200_000
    assert slip.net < 0


def test_the_same_source_decides_once(decide: Deciding) -> None:
    assert decide().pk == decide().pk
    with pytest.raises(OrderRefused, match="other"):
        decide(300_000)
    assert Order.objects.count() == 1


def test_a_month_that_is_open_for_the_person_is_corrected_by_its_data(decide: Deciding) -> None:
    with pytest.raises(OrderRefused, match="open"):
        decide(of=JULY.next)


def test_nobody_decides_for_themselves(decide: Deciding) -> None:
    decide.person.user = decide.actor
    decide.person.save(update_fields=["user"])
    with pytest.raises(OrderRefused, match="own"):
        decide()


def test_only_who_may_decides(decide: Deciding, with_role: Callable[..., User]) -> None:
    decide.actor = with_role("inspektorat")
    with pytest.raises(NotAllowed):
        decide()


def test_a_cancelled_decision_is_in_no_run(decide: Deciding, difference: Difference) -> None:
    made = decide()
    cancel_order(uid=made.uid, reason="Salah orang", actor=decide.actor)
    difference()
    assert not DifferenceSlip.objects.exists()
    with pytest.raises(OrderRefused, match="cancelled"):
        cancel_order(uid=made.uid, reason="Lagi", actor=decide.actor)


def test_the_sum_of_a_decision_never_changes(decide: Deciding) -> None:
    made = decide()
    for statement in (
        "UPDATE arrears_order SET amount = 1 WHERE id = %s",
        "UPDATE arrears_order SET employee_id = employee_id + 1 WHERE id = %s",
        "DELETE FROM arrears_order WHERE id = %s",
    ):
        with pytest.raises(IntegrityError, match="stays"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [made.pk])


def test_a_decision_by_form_comes_back_with_its_words(decide: Deciding, signed_in: SignedIn) -> None:
    client = signed_in(decide.actor)
    form = {
        "nip": decide.person.nip,
        "bulan": "2024-06",
        "bayaran": "ordinary",
        "arah": "minus",
        "jumlah": "50.000",
        "sumber": "other",
        "surat": "900/1",
        "alasan": "Kelebihan bayar",
        "kunci": str(SOURCE),
    }
    assert client.post("/tpp/selisih/keputusan/baru/", form).status_code == 302
    assert client.post("/tpp/selisih/keputusan/baru/", form).status_code == 302
    assert Order.objects.get().amount == -50_000
    page = client.get("/tpp/selisih/keputusan/").content.decode()
    assert "−Rp50.000" in page
    wrong = client.post("/tpp/selisih/keputusan/baru/", {**form, "jumlah": "0", "nip": "1"})
    assert wrong.status_code == 422
    assert "Tidak ada pegawai dengan NIP ini." in wrong.content.decode()
    assert "Isi rupiah bulat di atas nol." in wrong.content.decode()
    opened = client.post("/tpp/selisih/keputusan/baru/", {**form, "bulan": "2024-09", "kunci": str(decide.person.uid)})
    assert "belum dikunci untuk pegawai ini" in opened.content.decode()


def test_late_facts_are_counted_by_person_and_month(
    closed_months: list[Unit], bkpsdm: User, signed_in: SignedIn
) -> None:
    one, two = first_person(closed_months[0]), first_person(closed_months[1])
    told = closing.late_fact(employee_ids=[one.pk], months=[MAY, JULY.next], what="Surat")
    assert told == {(one.pk, MAY)}
    closing.late_fact(employee_ids=[one.pk, two.pk], months=[MAY], what="Nilai SKP")
    assert closing.late_fact(employee_ids=[two.pk], months=[JULY.next], what="Surat") == set()
    assert LateFact.objects.count() == 3
    assert LateFact.objects.waiting().person_months() == 2
    page = signed_in(bkpsdm).get("/tpp/selisih/").content.decode()
    assert "Bulan pegawai berubah sesudah dikunci" in page


def test_half_of_the_net_is_taken_back_until_the_region_says_otherwise(closed_months: list[Unit], bkpsdm: User) -> None:
    with clock.at(after(JULY)):
        assert share_in(JULY.next) == 50
        set_share(from_month=JULY.next, percent=Decimal(25), reference="Perwal 1", actor=bkpsdm)
        assert share_in(JULY) == 50
        assert share_in(JULY.next.next) == 25
        for percent, month, reason in (
            (Decimal(0), JULY.next.next, "percent"),
            (Decimal(30), JULY, "past"),
            (Decimal(30), JULY.next, "known"),
        ):
            with pytest.raises(ShareRefused, match=reason):
                set_share(from_month=month, percent=percent, reference="", actor=bkpsdm)


def test_who_may_not_set_the_share_does_not(closed_months: list[Unit]) -> None:
    with pytest.raises(NotAllowed):
        set_share(
            from_month=JULY.next,
            percent=Decimal(25),
            reference="",
            actor=make_user("197001012000011009", "Pemeriksa", "inspektorat"),
        )
