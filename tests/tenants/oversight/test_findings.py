"""A finding is answered, concluded, and may propose a correction that the next run takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.ids import new_uid
from kernel.periods import Month
from tenants.arrears.codes import RECOVERY_CODE
from tenants.arrears.recoveries import deductions_of
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.oversight.actions import answer_finding, decide_correction, propose_correction
from tenants.oversight.errors import CorrectionDecided
from tenants.oversight.models import Finding, ProposedCorrection
from tenants.rules.models import StoredRuleSet
from tenants.tpp.listed_deductions import listed_for
from tenants.tpp.models import MonthRun, SlipLine
from tests.cast import Person
from tests.tenants.oversight.inspection import LATER, make_finding
from tests.tenants.tpp.small_run import lock_of, slip_in

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
    (deduction,) = deductions_of([ani.employee.pk], DECEMBER)[ani.employee.pk]
    assert (deduction.code, deduction.amount) == (RECOVERY_CODE, Decimal(150_000))
    assert listed_for([ani.employee.pk], DECEMBER)[ani.employee.pk] == (deduction,)
    assert listed_for([ani.employee.pk], Month(2026, 11)) == {}


def test_a_proposal_that_nobody_accepted_takes_nothing(inspector: User, ani: Person) -> None:
    finding = make_finding(ani.employee, inspector)
    propose_correction(finding_uid=finding.uid, amount=Decimal(1000), reason="x", actor=inspector)
    assert deductions_of([ani.employee.pk], DECEMBER) == {}


def test_a_proposal_is_held_from_the_first_look_on_so_that_nobody_decides_on_it_meanwhile(
    inspector: User, ani: Person
) -> None:
    finding = make_finding(ani.employee, inspector)
    propose_correction(finding_uid=finding.uid, amount=Decimal(1000), reason="x", actor=inspector)
    with CaptureQueriesContext(connection) as asked:
        propose_correction(finding_uid=finding.uid, amount=Decimal(2000), reason="y", actor=inspector)
    looks = [row["sql"] for row in asked if 'FROM "oversight_proposedcorrection"' in row["sql"]]
    assert looks
    assert "FOR UPDATE" in looks[0]


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


def accepted_correction(employee: Employee, inspector: User, bkpsdm: User, amount: int = 1000) -> ProposedCorrection:
    finding = make_finding(employee, inspector)
    made = propose_correction(finding_uid=finding.uid, amount=Decimal(amount), reason="x", actor=inspector)
    return decide_correction(uid=made.uid, accept=True, note="", actor=bkpsdm)


def closed_december(rules: StoredRuleSet, ani: Person, bkpsdm: User, *, taken: int | None, **slip: object) -> None:
    """December locked on a run in which Ani has a slip that took so much; without a slip when None."""
    run = MonthRun.objects.create(
        month=DECEMBER.first_day,
        number=1,
        state=MonthRun.State.DONE,
        rule_set=rules,
        rule_set_digest=rules.digest,
        reference_date=DECEMBER.first_day,
        finished_at=clock.now(),
        digest="0" * 64,
    )
    if taken is not None:
        made = slip_in(run, ani.employee, Unit.objects.get(code="1.01"))
        type(made).objects.filter(pk=made.pk).update(**slip)
        SlipLine.objects.create(
            slip=made,
            order=1,
            node_id="koreksi",
            kind="deduction",
            stage="deductions",
            label="Pengembalian",
            unit="rupiah",
            unrounded=taken,
            column="deduction",
            amount=taken,
            inputs={"code": RECOVERY_CODE},
        )
    lock_of(run, Unit.objects.get(code="1.01"), bkpsdm)


@pytest.mark.parametrize(
    ("taken", "slip", "left"),
    [
        (None, {}, 1000),
        (1000, {"is_practice": True}, 1000),
        (1000, {"holds": [{"node_id": "x", "label": "x", "reason": "x"}]}, 1000),
        (400, {}, 600),
        (1000, {}, None),
    ],
    ids=["no slip", "practice", "held", "a part of it", "all of it"],
)
def test_what_a_closed_month_did_not_take_is_due_in_the_next(
    inspector: User,
    bkpsdm: User,
    ani: Person,
    manado_rules: StoredRuleSet,
    taken: int | None,
    slip: dict[str, object],
    left: int | None,
) -> None:
    accepted_correction(ani.employee, inspector, bkpsdm)
    assert deductions_of([ani.employee.pk], DECEMBER.next) == {}
    closed_december(manado_rules, ani, bkpsdm, taken=taken, **slip)
    due = deductions_of([ani.employee.pk], DECEMBER.next).get(ani.employee.pk, [])
    assert [deduction.amount for deduction in due] == ([] if left is None else [left])
    assert deductions_of([ani.employee.pk], DECEMBER.next.next) == {}


def test_the_words_of_a_deduction_are_the_same_whoever_collects_them(
    inspector: User, bkpsdm: User, ani: Person, manado_rules: StoredRuleSet
) -> None:
    accepted_correction(ani.employee, inspector, bkpsdm)
    own = deductions_of([ani.employee.pk], DECEMBER)
    with translation.override("en"):
        assert deductions_of([ani.employee.pk], DECEMBER) == own


def test_an_accepted_correction_can_be_refused_until_a_slip_has_taken_it(
    signed_in: SignedIn, inspector: User, bkpsdm: User, ani: Person, manado_rules: StoredRuleSet
) -> None:
    correction = accepted_correction(ani.employee, inspector, bkpsdm)
    page = signed_in(bkpsdm).get(f"/temuan/{correction.finding.uid}/").content.decode()
    assert "Batalkan penerimaan" in page
    url = f"/temuan/koreksi/{correction.uid}/"
    assert signed_in(bkpsdm).post(url, {"putusan": "tolak", "catatan": "Melebihi TPP."}).status_code == 302
    correction.refresh_from_db()
    assert (correction.state, correction.taken_in) == ("refused", None)
    assert deductions_of([ani.employee.pk], DECEMBER) == {}


def test_a_correction_that_a_slip_has_taken_stays_accepted(
    inspector: User, bkpsdm: User, ani: Person, manado_rules: StoredRuleSet
) -> None:
    correction = accepted_correction(ani.employee, inspector, bkpsdm)
    closed_december(manado_rules, ani, bkpsdm, taken=400)
    with pytest.raises(CorrectionDecided):
        decide_correction(uid=correction.uid, accept=False, note="x", actor=bkpsdm)


def test_a_sum_raised_after_the_page_was_opened_is_not_accepted_unseen(
    signed_in: SignedIn, inspector: User, bkpsdm: User, ani: Person, manado_rules: StoredRuleSet
) -> None:
    finding = make_finding(ani.employee, inspector)
    correction = propose_correction(finding_uid=finding.uid, amount=Decimal(1000), reason="x", actor=inspector)
    seen = correction.proposed_at
    with clock.at(LATER.replace(minute=5)):
        propose_correction(finding_uid=finding.uid, amount=Decimal(9_000_000), reason="x", actor=inspector)
    form = {"putusan": "terima", "catatan": "", "dilihat": seen.isoformat()}
    answer = signed_in(bkpsdm).post(f"/temuan/koreksi/{correction.uid}/", form)
    assert answer.status_code == 422
    assert "diubah sesudah Anda membukanya" in answer.content.decode()
    correction.refresh_from_db()
    assert correction.state == "proposed"
    # The page that says so shows the sum as it is now; from there it is decided.
    assert "9.000.000" in answer.content.decode()
    again = {**form, "dilihat": correction.proposed_at.isoformat()}
    assert signed_in(bkpsdm).post(f"/temuan/koreksi/{correction.uid}/", again).status_code == 302


def test_a_form_that_was_sent_does_not_swallow_a_second_finding(
    signed_in: SignedIn, inspector: User, ani: Person
) -> None:
    url, form = f"/pengawasan/pegawai/{ani.employee.uid}/temuan/?bulan=2026-11", finding_form()
    assert signed_in(inspector).post(url, form).status_code == 302
    # Back in the browser, other words, sent again.
    answer = signed_in(inspector).post(url, {**form, "tentang": "20 November, foto", "uraian": "Foto lama."})
    assert answer.status_code == 422
    assert "sudah menjadi temuan lain" in answer.content.decode()
    assert Finding.objects.count() == 1
