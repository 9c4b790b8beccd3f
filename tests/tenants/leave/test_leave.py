"""Leave through its actions: reserved when asked for, taken when approved, given back otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kernel.accounts.models import User
from kernel.periods import Month
from tenants.approvals.actions import decide, recall
from tenants.approvals.handlers import handler_for
from tenants.approvals.models import ApprovalRequest
from tenants.approvals.undoing import undo_approvals
from tenants.attendance.actions import (
    DocumentIn,
    record_documents,
    revoke_documents,
    submit_document,
    withdraw_document,
)
from tenants.attendance.errors import DaysTaken
from tenants.attendance.models import AttendanceDocument, DayResult
from tenants.calendars.actions import add_holiday
from tenants.calendars.models import RosterCell
from tenants.calendars.rosters import publish_roster
from tenants.employees.models import ServiceStop
from tenants.employees.stops import StopInput, record_stop, withdraw_stop
from tenants.leave.actions import change_kind, correct_balance, record_leave, request_leave
from tenants.leave.booking import accounts_of, turn_years
from tenants.leave.checking import LeaveAsk, months_later, service_months
from tenants.leave.errors import LeaveRefused, NoLedgerYet, Overdrawn
from tenants.leave.granting import grant_year
from tenants.leave.models import LeaveEntry, LeaveKind
from tenants.leave.reading import month_of_leave
from tests.cast import Office, Person, make_employee
from tests.files import pdf
from tests.tenants.attendance.week import MONDAY, on
from tests.tenants.calendars.making import rotation, store
from tests.tenants.leave.balance import account, asked, granted

PDF = pdf()
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture(autouse=True)
def _ledger(ledger: None) -> None:
    return None


def decided(document: AttendanceDocument, verdict: str, actor: User) -> Any:
    request = ApprovalRequest.objects.get(document_uid=document.uid)
    return decide(request_uids=[request.uid], verdict=verdict, note="Sudah dilihat", actor=actor)


def test_days_are_reserved_when_asked_for_and_taken_when_approved(
    ani: Person, budi: Person, run_outbox: Callable[[], int]
) -> None:
    granted(ani)
    with on(FRIDAY - timedelta(days=7), "09:00"):
        document = asked(ani, MONDAY, 7)
        assert (account(ani).reserved, account(ani).left) == (5, 7)
        decided(document, "approved", budi.user)
        assert (account(ani).reserved, account(ani).taken, account(ani).left) == (0, 5, 7)
    with on(FRIDAY, "20:00"):
        from tenants.attendance.results import recompute_days

        recompute_days(first=MONDAY, end=FRIDAY, employee_ids=[ani.employee.pk])
    assert set(DayResult.objects.values_list("presence", "document")) == {("dokumen", "C")}
    lines = LeaveEntry.objects.filter(document=document).order_by("pk").values_list("what", "days")
    assert list(lines) == [("reserved", -5), ("released", 5), ("taken", -5)]


def test_a_yearly_leave_without_a_letter_is_nothing_to_be_looked_at_closer(ani: Person, budi: Person) -> None:
    granted(ani)
    with on(MONDAY, "09:00"):
        asked(ani, MONDAY, 2)
    assert ApprovalRequest.objects.get().remarks == []


@pytest.mark.parametrize("verdict", ["rejected", "returned"])
def test_a_refused_leave_gives_its_days_back(ani: Person, budi: Person, verdict: str) -> None:
    granted(ani)
    with on(MONDAY, "09:00"):
        decided(asked(ani, MONDAY, 3), verdict, budi.user)
        assert (account(ani).reserved, account(ani).taken, account(ani).left) == (0, 0, 12)


def test_a_withdrawn_leave_gives_its_days_back(ani: Person) -> None:
    granted(ani)
    with on(MONDAY, "09:00"):
        withdraw_document(uid=asked(ani, MONDAY, 3).uid, actor=ani.user)
        assert (account(ani).reserved, account(ani).left) == (0, 12)


def test_an_approval_taken_back_returns_the_days_and_an_undone_one_reserves_them_again(
    ani: Person, budi: Person
) -> None:
    granted(ani)
    with on(MONDAY, "09:00"):
        first, second = asked(ani, MONDAY, 2), asked(ani, FRIDAY, 1)
        decided(first, "approved", budi.user)
        recall(request_uids=[ApprovalRequest.objects.get(document_uid=first.uid).uid], note="Keliru", actor=budi.user)
        assert (account(ani).taken, account(ani).left) == (0, 11)
        moment = decided(second, "approved", budi.user).at
        undo_approvals(decided_at=moment, actor=budi.user)
        assert (account(ani).reserved, account(ani).taken, account(ani).left) == (1, 0, 11)


def test_two_requests_together_cannot_take_more_than_there_is(ani: Person) -> None:
    granted(ani, 6)
    with on(MONDAY, "09:00"):
        asked(ani, MONDAY, 5)
        with pytest.raises(LeaveRefused) as refused:
            asked(ani, MONDAY + timedelta(days=7), 3)
    assert (refused.value.reason, refused.value.field) == ("short", "last")
    assert "tinggal 1 hari kerja, yang diminta 3" in refused.value.message()
    assert account(ani).left == 1


def test_the_person_is_locked_before_the_days_are_counted(ani: Person) -> None:
    granted(ani)
    with on(MONDAY, "09:00"), CaptureQueriesContext(connection) as statements:
        asked(ani, MONDAY, 5)
    said = [query["sql"] for query in statements]
    locked = next(number for number, sql in enumerate(said) if "FOR UPDATE" in sql and "employees_employee" in sql)
    assert locked < next(number for number, sql in enumerate(said) if "leave_leaveentry" in sql)


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        ({"last": MONDAY - timedelta(days=1)}, "backwards", "last"),
        ({"first": MONDAY + timedelta(days=5), "last": MONDAY + timedelta(days=6)}, "free_days", "first"),
        ({"kind": "haji"}, "no_kind", "kind"),
        ({"first": date(2024, 10, 7), "last": date(2024, 10, 7)}, "too_early", "first"),
        ({"kind": "sakit"}, "letter", "file"),
        ({"kind": "penting", "last": date(2026, 11, 5), "has_letter": True}, "too_long_months", "last"),
        ({"travel_days": 1}, "travel", "travel_days"),
    ],
)
def test_what_cannot_be_had_is_refused_beside_its_field(
    ani: Person, change: dict[str, Any], reason: str, field: str
) -> None:
    granted(ani)
    with on(MONDAY, "09:00"), pytest.raises(LeaveRefused) as refused:
        asked(ani, MONDAY, **change)
    assert (refused.value.reason, refused.value.field) == (reason, field)
    assert refused.value.message()
    assert not AttendanceDocument.objects.exists()


def test_a_nurse_spends_leave_on_her_shifts_and_none_on_her_free_days(ani: Person, budi: Person) -> None:
    granted(ani)
    shifts = store(rotation("jaga", {"P": "07.00-14.00", "M": "21.00-07.00"}, "P M -", date(2026, 1, 1)))
    sunday = MONDAY + timedelta(days=6)
    roster = {MONDAY: "", MONDAY + timedelta(days=1): "", MONDAY + timedelta(days=2): "M", sunday: "P"}
    for day, code in roster.items():
        RosterCell.objects.create(
            employee=ani.employee, date=day, code=code, pattern=shifts if code else None, is_draft=False
        )
    with on(MONDAY - timedelta(days=7), "09:00"):
        with pytest.raises(LeaveRefused, match="free_days"):
            asked(ani, MONDAY, 2)
        asked(ani, MONDAY, 7)
        # Wednesday to Friday and Sunday.
        assert account(ani).reserved == 4
        cells = {cell.day: cell for cell in month_of_leave(ani.employee.pk, Month(2026, 10))}
    assert [day.day for day, cell in cells.items() if cell.state and cell.is_free] == [5, 6, 10]
    assert not cells[sunday].is_free


def test_a_roster_published_later_takes_or_gives_back_its_days(
    ani: Person, agency: User, run_outbox: Callable[[], int]
) -> None:
    granted(ani)
    shifts = store(rotation("jaga", {"P": "07.00-14.00"}, "P -", date(2026, 1, 1)))
    with on(MONDAY - timedelta(days=7), "09:00"):
        asked(ani, MONDAY, 7)
        assert account(ani).reserved == 5
        for day, code in ((MONDAY, ""), (FRIDAY, ""), (FRIDAY + timedelta(days=1), "P")):
            RosterCell.objects.create(
                employee=ani.employee, date=day, code=code, pattern=shifts if code else None, is_draft=True
            )
        publish_roster(employee_ids=[ani.employee.pk], first=MONDAY, end=MONDAY + timedelta(days=7), actor=agency)
        run_outbox()
        assert account(ani).reserved == 4


def test_nobody_stands_in_for_themselves(ani: Person) -> None:
    granted(ani)
    with on(MONDAY, "09:00"), pytest.raises(LeaveRefused) as refused:
        asked(ani, MONDAY, substitute=ani.employee)
    assert refused.value.field == "substitute"


def test_days_that_another_leave_has_are_refused_and_nothing_is_reserved(ani: Person) -> None:
    granted(ani)
    with on(MONDAY, "09:00"):
        asked(ani, MONDAY, 3)
        with pytest.raises(DaysTaken):
            asked(ani, MONDAY + timedelta(days=2), 2)
    assert account(ani).reserved == 3


def test_joint_leave_days_do_not_reduce_the_yearly_leave(ani: Person, agency: User) -> None:
    granted(ani)
    with on(MONDAY, "09:00"):
        add_holiday(
            date=MONDAY + timedelta(days=1), name="Cuti bersama", kind="cuti_bersama", source="SKB", actor=agency
        )
        asked(ani, MONDAY, 3)
        assert account(ani).reserved == 2


def test_a_holiday_confirmed_later_gives_its_day_back(
    ani: Person, budi: Person, agency: User, run_outbox: Callable[[], int]
) -> None:
    granted(ani)
    with on(MONDAY - timedelta(days=7), "09:00"):
        decided(asked(ani, MONDAY, 5), "approved", budi.user)
        add_holiday(
            date=MONDAY + timedelta(days=1), name="Cuti bersama", kind="cuti_bersama", source="SKB", actor=agency
        )
        run_outbox()
        assert (account(ani).taken, account(ani).left) == (4, 8)
        before = LeaveEntry.objects.count()
        from tenants.leave.recounting import recount

        assert recount(None, None) == 0
        assert LeaveEntry.objects.count() == before


def test_a_leave_over_new_year_takes_from_both_years(ani: Person, budi: Person) -> None:
    granted(ani)
    with on(date(2026, 12, 1), "09:00"):
        decided(asked(ani, date(2026, 12, 29), 7), "approved", budi.user)
        taken = {year: account(ani, year).taken for year in (2026, 2027)}
    assert taken == {2026: 3, 2027: 2}


def test_a_plain_letter_cannot_pass_by_the_ledger(ani: Person, agency: User) -> None:
    granted(ani)
    draft = DocumentIn(kind="C", label="Cuti", first=MONDAY, last=MONDAY, letter_number="1")
    with on(MONDAY, "09:00"):
        with pytest.raises(LeaveRefused, match="unclear"):
            submit_document(employee=ani.employee, draft=draft, actor=ani.user)
        with pytest.raises(LeaveRefused, match="unclear"):
            record_documents(employees=[ani.employee], draft=draft, actor=agency)
        sick = DocumentIn(kind="S", label="Sakit", first=MONDAY, last=MONDAY)
        assert submit_document(employee=ani.employee, draft=sick, actor=ani.user).state == "submitted"


def sick(first: date, days: int) -> DocumentIn:
    return DocumentIn(kind="S", label="Sakit", first=first, last=first + timedelta(days=days - 1))


def test_a_plain_sick_letter_does_for_fourteen_days_and_beyond_them_leave_is_asked_for(
    ani: Person, signed_in: Any
) -> None:
    with on(MONDAY, "09:00"):
        assert submit_document(employee=ani.employee, draft=sick(MONDAY, 14), actor=ani.user).state == "submitted"
        later = MONDAY + timedelta(days=30)
        form = {"kind": "S", "covers": "day", "first": later, "last": later + timedelta(days=14)}
        answer = signed_in(ani.user).post("/surat/baru/", form)
    assert answer.status_code == 422
    (words,) = answer.context["form"].errors["last"]
    assert words.startswith("Surat biasa untuk jenis ini paling lama 14 hari berturut-turut.")
    assert AttendanceDocument.objects.count() == 1


@pytest.mark.parametrize("begin", [10, -5])
def test_letters_that_go_on_from_one_another_are_one(ani: Person, begin: int) -> None:
    with on(MONDAY, "09:00"):
        submit_document(employee=ani.employee, draft=sick(MONDAY, 10), actor=ani.user)
        with pytest.raises(LeaveRefused, match="plain"):
            submit_document(employee=ani.employee, draft=sick(MONDAY + timedelta(days=begin), 5), actor=ani.user)
        apart = MONDAY + timedelta(days=11)
        assert submit_document(employee=ani.employee, draft=sick(apart, 5), actor=ani.user).state == "submitted"


def test_who_records_a_letter_from_paper_is_not_bound_by_its_days(ani: Person, agency: User) -> None:
    with on(MONDAY, "09:00"):
        record_documents(employees=[ani.employee], draft=sick(MONDAY, 40), actor=agency)
    assert AttendanceDocument.objects.get().state == "approved"


def stops_of(person: Person) -> list[tuple[str, date, date | None, str]]:
    rows = ServiceStop.objects.filter(employee=person.employee).order_by("period")
    return [(row.kind, row.first, row.last, row.letter_number) for row in rows]


@pytest.mark.parametrize(
    ("kind", "stop"), [("besar", "long_leave"), ("cltn", "unpaid_leave"), ("melahirkan", None), ("tahunan", None)]
)
def test_an_approved_leave_stops_paid_service_where_its_kind_does(
    ani: Person, budi: Person, kind: str, stop: str | None
) -> None:
    granted(ani, 24)
    first, last = date(2026, 11, 2), date(2026, 11, 20)
    with on(MONDAY, "09:00"):
        leave = asked(ani, first, 19, kind=kind, has_letter=True)
        assert stops_of(ani) == []
        decided(leave, "approved", budi.user)
    assert stops_of(ani) == ([] if stop is None else [(stop, first, last, "persetujuan 5 Okt 2026")])


def test_the_stop_goes_with_its_leave(ani: Person, budi: Person) -> None:
    with on(MONDAY, "09:00"):
        first = asked(ani, date(2026, 11, 2), 5, kind="besar")
        second = asked(ani, date(2026, 12, 7), 5, kind="besar")
        decided(first, "approved", budi.user)
        recall(request_uids=[ApprovalRequest.objects.get(document_uid=first.uid).uid], note="Batal", actor=budi.user)
        assert stops_of(ani) == []
        moment = decided(second, "approved", budi.user).at
        assert len(stops_of(ani)) == 1
        undo_approvals(decided_at=moment, actor=budi.user)
        assert stops_of(ani) == []


def test_what_an_official_recorded_by_a_letter_stands_beside_the_leave(ani: Person, agency: User) -> None:
    first, last = date(2026, 11, 2), date(2026, 11, 20)
    by_letter = StopInput("unpaid_leave", first, last, "SK/7", date(2026, 9, 1))
    with on(MONDAY, "09:00"):
        ask = LeaveAsk(kind="cltn", first=first, last=last, letter_number="SK/8", has_letter=True)
        leave = record_leave(employees=[ani.employee], ask=ask, actor=agency)
        assert stops_of(ani) == [("unpaid_leave", first, last, "SK/8")]
        revoke_documents(documents=leave, reason="Salah surat", actor=agency)
        assert stops_of(ani) == []
        again = record_leave(employees=[ani.employee], ask=ask, actor=agency)
        withdraw_stop(uid=ani.employee.uid, stop_uid=ServiceStop.objects.get().uid, reason="Diganti", actor=agency)
        record_stop(uid=ani.employee.uid, stop=by_letter, actor=agency)
        revoke_documents(documents=again, reason="Salah surat", actor=agency)
    assert stops_of(ani) == [("unpaid_leave", first, last, "SK/7")]


def test_before_the_ledger_runs_leave_is_a_plain_letter(ani: Person) -> None:
    from tenants.leave.models import LedgerStart

    LedgerStart.objects.all().delete()
    draft = DocumentIn(kind="C", label="Cuti", first=MONDAY, last=MONDAY)
    with on(MONDAY, "09:00"):
        with pytest.raises(NoLedgerYet):
            asked(ani, MONDAY)
        submit_document(employee=ani.employee, draft=draft, actor=ani.user)
    assert not LeaveEntry.objects.exists()


def test_an_official_records_leave_on_paper_for_several_at_once(ani: Person, budi: Person, agency: User) -> None:
    granted(ani)
    granted(budi, 3)
    ask = LeaveAsk(kind="tahunan", first=MONDAY, last=FRIDAY, letter_number="851/7")
    people = [ani.employee, budi.employee]
    with on(MONDAY, "09:00"):
        with pytest.raises(LeaveRefused) as refused:
            record_leave(employees=people, ask=ask, actor=agency)
        assert refused.value.message().startswith("Budi: Sisa cuti tahunan 2026 tinggal 3")
        assert not AttendanceDocument.objects.exists()
        correct_balance(employee=budi.employee, year=2026, days=4, reason="SK penangguhan", actor=agency)
        record_leave(employees=people, ask=ask, actor=agency)
    assert (account(ani).taken, account(budi).taken, account(budi).left) == (5, 5, 2)


def test_a_correction_needs_days_to_take_them_away(ani: Person, agency: User) -> None:
    granted(ani, 2)
    with on(MONDAY, "09:00"), pytest.raises(Overdrawn):
        correct_balance(employee=ani.employee, year=2026, days=-3, reason="Keliru", actor=agency)
    assert account(ani).left == 2


def test_a_line_of_the_ledger_cannot_be_changed_or_removed(ani: Person) -> None:
    entry = granted(ani)
    with pytest.raises(DatabaseError), transaction.atomic():
        LeaveEntry.objects.filter(pk=entry.pk).update(days=99)
    with pytest.raises(DatabaseError), transaction.atomic():
        LeaveEntry.objects.filter(pk=entry.pk).delete()


def test_the_yearly_work_is_harmless_twice_and_turns_the_year(ani: Person, office: Office) -> None:
    contract = make_employee("Gita", office.staff, nip="199001012023211001", status="PPPK")
    LeaveEntry.objects.create(employee=contract, year=2025, what="grant", days=12)
    granted(ani, 12, year=2025)
    with on(date(2026, 1, 2), "02:00"):
        grant_year()
        lines = LeaveEntry.objects.count()
        assert grant_year() == (0, 0)
        assert LeaveEntry.objects.count() == lines
        sums = {
            (employee, year): sum(
                LeaveEntry.objects.filter(employee=employee, year=year).values_list("days", flat=True)
            )
            for employee in (ani.employee, contract)
            for year in (2025, 2026)
        }
        assert account(ani).left == 18
    assert sums == {
        (ani.employee, 2025): 0,
        (ani.employee, 2026): 18,
        (contract, 2025): 0,
        (contract, 2026): 12,
    }


def test_who_has_not_served_a_year_is_granted_nothing_yet(office: Office) -> None:
    fresh = make_employee("Hadi", office.staff, nip="199901012026011001", status="CPNS")
    with on(date(2026, 10, 5), "02:00"):
        grant_year()
        assert accounts_of([fresh.pk])[fresh.pk] == {}
    with on(date(2027, 1, 5), "02:00"):
        grant_year()
        assert accounts_of([fresh.pk])[fresh.pk][2027].left == 12


def test_days_given_back_after_the_year_was_turned_come_over(
    ani: Person, budi: Person, run_outbox: Callable[[], int]
) -> None:
    granted(ani, 12, year=2026)
    with on(date(2026, 12, 1), "09:00"):
        leave = asked(ani, date(2026, 12, 7), 12)
        decided(leave, "approved", budi.user)
    with on(date(2027, 1, 4), "09:00"):
        turn_years([ani.employee.pk])
        assert account(ani, 2027).carried_in == 2
        recall(request_uids=[ApprovalRequest.objects.get(document_uid=leave.uid).uid], note="Batal", actor=budi.user)
        run_outbox()
        assert account(ani, 2027).carried_in == 6
        written = LeaveEntry.objects.filter(employee=ani.employee, year=2027, what="carried_in")
        assert sum(written.values_list("days", flat=True)) == 6


def test_a_year_that_has_passed_its_days_on_gives_no_more_than_the_next_one_still_has(
    ani: Person, budi: Person
) -> None:
    granted(ani, 12, year=2025)
    with on(date(2026, 3, 2), "09:00"):
        granted(ani, 12, year=2026)
        decided(asked(ani, date(2026, 3, 9), 24), "approved", budi.user)
        assert account(ani, 2026).left == 0
        asked(ani, date(2025, 12, 22), 3)
        assert account(ani, 2026).left == 0
        with pytest.raises(LeaveRefused, match="short"):
            asked(ani, date(2025, 12, 8), 10)


def test_after_a_long_leave_there_is_no_yearly_leave_in_that_year(ani: Person) -> None:
    granted(ani)
    with on(date(2026, 3, 2), "09:00"):
        asked(ani, date(2026, 3, 9), 30, kind="besar")
        with pytest.raises(LeaveRefused, match="long_leave_year"):
            asked(ani, MONDAY)


def test_birth_leave_is_given_three_times(ani: Person) -> None:
    with on(date(2026, 1, 5), "09:00"):
        for month in (1, 4, 7):
            asked(ani, date(2026, month, 12), 5, kind="melahirkan", has_letter=True)
        with pytest.raises(LeaveRefused) as refused:
            asked(ani, date(2026, 10, 12), 5, kind="melahirkan", has_letter=True)
    assert "cuti besar" in refused.value.message()


def test_a_sick_leave_goes_on_for_a_year_and_six_months_and_no_longer(ani: Person, budi: Person) -> None:
    with on(date(2026, 1, 5), "09:00"):
        asked(ani, date(2026, 1, 5), 365, kind="sakit", has_letter=True)
        with pytest.raises(LeaveRefused) as refused:
            asked(ani, date(2027, 1, 5), 200, kind="sakit", has_letter=True)
        assert refused.value.message().startswith("Paling lama sampai 4 Juli 2027")
        asked(ani, date(2027, 1, 5), 181, kind="sakit", has_letter=True)


def test_long_leave_needs_five_years_of_service(office: Office, ani: Person) -> None:
    ani.employee.nip = "199001012023011001"
    ani.employee.save()
    with on(date(2026, 1, 5), "09:00"), pytest.raises(LeaveRefused, match="service"):
        asked(ani, date(2026, 2, 2), 20, kind="besar")


def test_days_of_the_way_cost_nothing_where_the_region_gives_them(ani: Person, agency: User) -> None:
    granted(ani)
    kind = LeaveKind.objects.get(code="tahunan", status="PNS")
    with on(MONDAY - timedelta(days=7), "09:00"):
        change_kind(uid=kind.uid, valid_from=date(2026, 1, 1), values={"travel_most": 12}, actor=agency)
        document = asked(ani, MONDAY, 12, travel_days=5)
    assert (account(ani).reserved, document.last_day) == (5, MONDAY + timedelta(days=11))


def test_a_kind_that_changes_keeps_what_was_before_its_day(agency: User) -> None:
    kind = LeaveKind.objects.get(code="tahunan", status="PPPK")
    with on(MONDAY, "09:00"):
        for days in (14, 15):
            change_kind(uid=kind.uid, valid_from=date(2026, 1, 1), values={"yearly_days": days}, actor=agency)
    rows = LeaveKind.objects.filter(code="tahunan", status="PPPK").order_by("valid_from")
    assert list(rows.values_list("yearly_days", "min_service_months")) == [(12, 12), (15, 12)]


def test_the_approver_sees_what_is_left_and_who_stands_in(ani: Person, budi: Person, dedi: Person) -> None:
    granted(ani)
    with on(MONDAY, "09:00"):
        document = asked(ani, MONDAY, 3, substitute=dedi.employee, address="Tomohon", phone="0812")
        details = handler_for(document.purpose).details([document.uid])[document.uid]
    facts = {str(name): str(value) for name, value in details.facts}
    assert facts["Lama cuti"] == "3 hari kerja"
    assert facts["Sisa cuti tahunan setelah cuti ini"] == "2026: 9"
    assert (facts["Pengganti"], facts["Alamat selama cuti"]) == ("Dedi", "Tomohon")


@pytest.mark.parametrize("kind", ["tahunan", "besar"])
def test_deciding_on_many_takes_a_constant_number_of_statements(
    ani: Person, budi: Person, office: Office, kind: str
) -> None:
    def counted(people: int) -> int:
        with on(MONDAY, "09:00"):
            for number in range(people):
                employee = make_employee(f"P {number}", office.staff)
                LeaveEntry.objects.create(employee=employee, year=2026, what="grant", days=12)
                ask = LeaveAsk(kind=kind, first=MONDAY, last=FRIDAY)
                request_leave(employee=employee, ask=ask, actor=ani.user)
            waiting = list(ApprovalRequest.objects.waiting().values_list("uid", flat=True))
            with CaptureQueriesContext(connection) as statements:
                decide(request_uids=waiting, verdict="approved", actor=budi.user)
        return len(statements)

    counted(1)
    assert counted(2) == counted(12)


def test_a_letter_is_kept_with_the_leave(ani: Person) -> None:
    ask = LeaveAsk(kind="sakit", first=MONDAY, last=FRIDAY, has_letter=True)
    with on(MONDAY, "09:00"):
        document = request_leave(
            employee=ani.employee, ask=ask, actor=ani.user, upload=ContentFile(PDF, "surat-dokter.pdf")
        )
    assert document.file is not None
    assert (document.file.name, document.kind, document.label) == ("surat-dokter.pdf", "S", "Cuti sakit")


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 30), 1, date(2028, 2, 29)),
        (date(2026, 11, 15), 3, date(2027, 2, 15)),
        (date(2026, 3, 31), 12, date(2027, 3, 31)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_service_is_counted_from_the_appointment_in_the_number() -> None:
    assert service_months("199001012015011001", date(2026, 1, 1)) == 132
    assert service_months("199001012023211001", date(2026, 7, 1)) == 42
    assert service_months("1", date(2026, 1, 1)) is None
