"""A finding is answered, concluded, and may propose a correction that the next run takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.ids import new_uid
from kernel.periods import Month
from tenants.oversight.actions import CORRECTION_CODE, answer_finding, propose_correction
from tenants.oversight.deductions import corrections_of
from tenants.oversight.models import Finding, ProposedCorrection
from tenants.rules.models import StoredRuleSet
from tenants.tpp.listed_deductions import listed_for
from tests.cast import Person
from tests.tenants.oversight.inspection import LATER, make_finding

SignedIn = Callable[..., Client]
WithRole = Callable[..., User]
DECEMBER = Month(2026, 12)


@pytest.fixture(autouse=True)
def in_december() -> Iterator[None]:
    with clock.at(LATER):
        yield


@pytest.fixture
def inspector(with_role: WithRole) -> User:
    return with_role("inspektorat")


@pytest.fixture
def bkpsdm(with_role: WithRole) -> User:
    return with_role("bkpsdm")


def finding_form(**values: object) -> dict[str, object]:
    return {
        "perihal": "activity",
        "tentang": "19 November, laporan bulanan",
        "uraian": "Bukti tidak sesuai dengan uraian.",
        "tenggat": "2026-12-22",
        "kunci": str(new_uid()),
        **values,
    }


def test_a_form_sent_twice_is_one_finding(signed_in: SignedIn, inspector: User, ani: Person) -> None:
    form = finding_form()
    for _ in range(2):
        url = f"/pengawasan/pegawai/{ani.employee.uid}/temuan/?bulan=2026-11"
        assert signed_in(inspector).post(url, form).status_code == 302
    finding = Finding.objects.get()
    assert (finding.employee, finding.month, finding.answer_due) == (
        ani.employee,
        date(2026, 11, 1),
        date(2026, 12, 22),
    )
    assert AuditEvent.objects.filter(action="oversight.finding_opened").count() == 1


def test_a_day_that_is_past_cannot_be_the_day_of_the_answer(signed_in: SignedIn, inspector: User, ani: Person) -> None:
    url = f"/pengawasan/pegawai/{ani.employee.uid}/temuan/?bulan=2026-11"
    answer = signed_in(inspector).post(url, finding_form(tenggat="2026-12-01"))
    assert answer.status_code == 422
    assert "Pilih hari ini atau sesudahnya" in answer.content.decode()
    assert not Finding.objects.exists()


def test_the_person_concerned_sees_the_finding_and_answers(signed_in: SignedIn, inspector: User, ani: Person) -> None:
    finding = make_finding(ani.employee, inspector)
    client = signed_in(ani.user)
    assert finding.about in client.get("/temuan/saya/").content.decode()
    assert client.post(f"/temuan/{finding.uid}/jawab/", {"jawaban": "Bukti menyusul."}).status_code == 302
    finding.refresh_from_db()
    assert finding.state == Finding.State.ANSWERED
    assert "Bukti menyusul." in client.get(f"/temuan/{finding.uid}/").content.decode()


def test_a_colleague_does_not_see_it(signed_in: SignedIn, inspector: User, ani: Person, dedi: Person) -> None:
    finding = make_finding(ani.employee, inspector)
    assert signed_in(dedi.user).get(f"/temuan/{finding.uid}/").status_code == 404
    assert signed_in(dedi.user).post(f"/temuan/{finding.uid}/jawab/", {"jawaban": "x"}).status_code == 404


def test_an_empty_answer_keeps_the_finding_as_it_is(signed_in: SignedIn, inspector: User, ani: Person) -> None:
    finding = make_finding(ani.employee, inspector)
    assert signed_in(ani.user).post(f"/temuan/{finding.uid}/jawab/", {"jawaban": " "}).status_code == 422
    finding.refresh_from_db()
    assert finding.state == Finding.State.OPEN


def test_an_answer_is_never_changed_also_by_sql(inspector: User, ani: Person) -> None:
    finding = make_finding(ani.employee, inspector)
    answer = answer_finding(uid=finding.uid, text="Bukti menyusul.", actor=ani.user)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE oversight_answer SET text = 'lain' WHERE id = %s", [answer.pk])


def test_a_closed_finding_takes_no_more_answers(signed_in: SignedIn, inspector: User, ani: Person) -> None:
    finding = make_finding(ani.employee, inspector)
    closed = signed_in(inspector).post(f"/temuan/{finding.uid}/selesai/", {"kesimpulan": "Sudah diperbaiki."})
    assert closed.status_code == 302
    refused = signed_in(ani.user).post(f"/temuan/{finding.uid}/jawab/", {"jawaban": "Terlambat."})
    assert refused.status_code == 422
    assert "sudah selesai" in refused.content.decode()
    assert not finding.answers.exists()


def test_an_accepted_correction_is_taken_by_the_first_open_month(
    signed_in: SignedIn, inspector: User, bkpsdm: User, ani: Person, manado_rules: StoredRuleSet
) -> None:
    finding = make_finding(ani.employee, inspector)
    form = {"jumlah": "150.000", "alasan": "Satu hari tanpa keterangan."}
    assert signed_in(inspector).post(f"/temuan/{finding.uid}/koreksi/", form).status_code == 302
    correction = ProposedCorrection.objects.get()
    accepted = signed_in(bkpsdm).post(f"/temuan/koreksi/{correction.uid}/", {"putusan": "terima", "catatan": ""})
    assert accepted.status_code == 302, accepted.content.decode()
    correction.refresh_from_db()
    assert (correction.state, correction.taken_in) == ("accepted", DECEMBER.first_day)
    (deduction,) = corrections_of([ani.employee.pk], DECEMBER)[ani.employee.pk]
    assert (deduction.code, deduction.amount) == (CORRECTION_CODE, Decimal(150_000))
    assert listed_for([ani.employee.pk], DECEMBER)[ani.employee.pk] == (deduction,)
    assert listed_for([ani.employee.pk], Month(2026, 11)) == {}


def test_a_proposal_that_nobody_accepted_takes_nothing(inspector: User, ani: Person) -> None:
    finding = make_finding(ani.employee, inspector)
    propose_correction(finding_uid=finding.uid, amount=Decimal(1000), reason="x", actor=inspector)
    assert corrections_of([ani.employee.pk], DECEMBER) == {}


def test_who_proposed_does_not_decide_by_the_database_either(inspector: User, ani: Person) -> None:
    finding = make_finding(ani.employee, inspector)
    correction = propose_correction(finding_uid=finding.uid, amount=Decimal(1000), reason="x", actor=inspector)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProposedCorrection.objects.filter(pk=correction.pk).update(
            state="accepted", decided_by=inspector, decided_at=clock.now(), taken_in=DECEMBER.first_day
        )


def test_a_month_whose_rules_have_no_list_for_it_refuses_the_correction(
    signed_in: SignedIn, inspector: User, bkpsdm: User, ani: Person
) -> None:
    finding = make_finding(ani.employee, inspector)
    correction = propose_correction(finding_uid=finding.uid, amount=Decimal(1000), reason="x", actor=inspector)
    answer = signed_in(bkpsdm).post(f"/temuan/koreksi/{correction.uid}/", {"putusan": "terima", "catatan": ""})
    assert answer.status_code == 422
    assert "tidak memuat daftar potongan KOREKSI" in answer.content.decode()
    correction.refresh_from_db()
    assert correction.state == "proposed"


def test_a_refusal_says_why(signed_in: SignedIn, inspector: User, bkpsdm: User, ani: Person) -> None:
    finding = make_finding(ani.employee, inspector)
    correction = propose_correction(finding_uid=finding.uid, amount=Decimal(1000), reason="x", actor=inspector)
    url = f"/temuan/koreksi/{correction.uid}/"
    assert signed_in(bkpsdm).post(url, {"putusan": "tolak", "catatan": ""}).status_code == 422
    assert signed_in(bkpsdm).post(url, {"putusan": "tolak", "catatan": "Salah hitung."}).status_code == 302
    again = signed_in(bkpsdm).post(url, {"putusan": "terima", "catatan": ""})
    assert again.status_code == 422
    assert "sudah diputuskan" in again.content.decode()
