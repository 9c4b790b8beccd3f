"""Each check finds whom it should, and leaves the others alone. May 2024, looked at on 3 June."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from tenants.activities.models import Activity, Evidence, TextTrace
from tenants.attendance.models import AttendanceDocument, DayResult
from tenants.employees.models import BankAccount, Employee, Placement, ServiceStop, Standing
from tenants.organisation.models import PositionTerms
from tenants.preaudit.checks import all_checks
from tenants.punches.models import Punch
from tenants.tpp.models import DisciplinePenalty, MonthFacts, MonthLock, MonthRun, SalaryBase, Slip, SlipLine
from tests.cast import Office, Person, make_employee, make_opd, make_position
from tests.tenants.activities.work import make_kind
from tests.tenants.preaudit.audited import TODAY, approve_of, found_by, stored_file
from tests.tenants.tpp.small_run import finished_run, slip_in

NOON = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)


@pytest.fixture
def run(office: Office) -> MonthRun:
    return finished_run()


@pytest.fixture
def paid(run: MonthRun, ani: Person, budi: Person, office: Office) -> dict[str, Slip]:
    """Ani and Budi would be paid a million each; both have a letterless, ordinary month."""
    slips = {"ani": slip_in(run, ani.employee, office.opd), "budi": slip_in(run, budi.employee, office.opd)}
    # As the posts say.
    for name, kelas, golongan in (("ani", 7, "III/a"), ("budi", 9, "III/d")):
        slips[name].heading |= {"kelas": kelas, "golongan": golongan}
        slips[name].save(update_fields=["heading"])
    for employee in (ani.employee, budi.employee):
        account(employee, f"700000{employee.pk:04d}")
        for day in (6, 7, 8):
            day_of(employee, day)
    return slips


def account(employee: Employee, number: str, holder: str = "", **values: Any) -> BankAccount:
    return BankAccount.objects.create(
        **{
            "employee": employee,
            "bank_code": "127",
            "bank_name": "Bank SulutGo",
            "number": number,
            "holder": holder or employee.name,
            "first": date(2024, 1, 1),
            "is_change": False,
            "confirmed_at": clock.now(),
            **values,
        }
    )


@pytest.fixture
def changed_account(with_role: Callable[..., User]) -> Callable[..., BankAccount]:
    """Another account for somebody who has one, confirmed by a second person."""

    def change(employee: Employee, number: str, holder: str = "", **values: Any) -> BankAccount:
        two = {"recorded_by": with_role("bkpsdm"), "confirmed_by": with_role("bpkad")}
        return account(employee, number, holder, **{"is_change": True, "first": date(2024, 2, 1), **two, **values})

    return change


def day_of(employee: Employee, day: int, presence: str = DayResult.Presence.PRESENT) -> DayResult:
    return DayResult.objects.create(
        employee=employee, date=date(2024, 5, day), presence=presence, is_working_day=True, inputs_digest="0" * 64
    )


def stop(employee: Employee, kind: str, first: date, last: date | None = None) -> ServiceStop:
    end = None if last is None else last + timedelta(days=1)
    return ServiceStop.objects.create(
        employee=employee,
        kind=kind,
        period=DateRange(first, end),
        letter_number="SK 800/12",
        letter_date=first,
    )


def activity(employee: Employee, day: int = 6, minutes: int = 60, **values: Any) -> Activity:
    kind = values.pop("kind", None) or make_kind(f"K-{new_uid()}")
    begin = values.pop("begin", datetime(2024, 5, day, 0, 0, tzinfo=UTC))
    return Activity.objects.create(
        **{
            "employee": employee,
            "job_kind": kind,
            "date": date(2024, 5, day),
            "span": DateTimeTZRange(begin, begin + timedelta(minutes=minutes)),
            "minutes": minutes,
            "description": "Laporan bulanan",
            "state": Activity.State.APPROVED,
            "approved_minutes": minutes,
            "approved_points": Decimal(2),
            "approved_weight": Decimal(1),
            "catalogue_version": 1,
            **values,
        }
    )


def test_an_ordinary_month_is_not_spoken_against(run: MonthRun, paid: dict[str, Slip]) -> None:
    assert {check.code: found for check in all_checks() if (found := found_by(check.code, run))} == {}


def test_there_are_more_than_twenty_five_checks_and_each_has_a_test() -> None:
    codes = {check.code for check in all_checks()}
    assert len(codes) >= 25
    with open(__file__, encoding="utf-8") as text:
        told = text.read()
    assert {code for code in codes if f'"{code}"' not in told} == set()


# --- out of service --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("death", "paid_though_dead"),
        ("retirement", "paid_though_retired"),
        ("resignation", "paid_though_resigned"),
        ("dismissal", "paid_though_dismissed"),
        ("study_leave", "paid_though_studying"),
        ("unpaid_leave", "paid_though_on_cltn"),
        ("suspension", "paid_though_suspended"),
        ("secondment", "paid_though_seconded"),
        ("long_leave", "paid_though_on_long_leave"),
    ],
)
def test_who_is_out_of_service_all_month_is_found(
    kind: str, code: str, run: MonthRun, paid: dict[str, Slip], ani: Person
) -> None:
    stop(ani.employee, kind, date(2024, 4, 10))
    assert found_by(code, run) == {
        ani.employee.pk: "Akan dibayar Rp1.000.000, padahal tidak bertugas sejak 10 April 2024 (surat SK 800/12)."
    }


def test_a_stop_within_the_month_speaks_against_a_run_that_did_not_know_of_it(
    run: MonthRun, paid: dict[str, Slip], ani: Person
) -> None:
    stop(ani.employee, "death", date(2024, 5, 10))
    assert ani.employee.pk in found_by("paid_though_dead", run)
    text = '{"stops": [{"kind": "death", "first": "2024-05-10"}]}'
    MonthFacts.objects.create(
        run=run, employee=ani.employee, opd=paid["ani"].opd, heading={}, text=text, digest="f" * 64
    )
    assert found_by("paid_though_dead", run) == {}


def test_a_death_on_the_first_that_the_run_knows_of_is_the_rules_matter(
    run: MonthRun, paid: dict[str, Slip], ani: Person
) -> None:
    stop(ani.employee, "death", date(2024, 5, 1))
    assert ani.employee.pk in found_by("paid_though_dead", run)
    text = '{"stops": [{"kind": "death", "first": "2024-05-01"}]}'
    MonthFacts.objects.create(
        run=run, employee=ani.employee, opd=paid["ani"].opd, heading={}, text=text, digest="f" * 64
    )
    assert found_by("paid_though_dead", run) == {}


def test_a_stop_that_is_over_or_held_back_is_no_matter(run: MonthRun, paid: dict[str, Slip], ani: Person) -> None:
    stop(ani.employee, "study_leave", date(2023, 1, 1), date(2024, 4, 30))
    assert found_by("paid_though_studying", run) == {}
    stop(ani.employee, "death", date(2024, 4, 30))
    paid["ani"].holds = [{"node_id": "tahan", "label": "Ditahan", "reason": ""}]
    paid["ani"].save(update_fields=["holds"])
    assert found_by("paid_though_dead", run) == {}


def test_who_was_switched_off_without_a_letter_is_found(run: MonthRun, paid: dict[str, Slip], ani: Person) -> None:
    Employee.objects.filter(pk=ani.employee.pk).update(is_active=False)
    assert set(found_by("paid_though_inactive", run)) == {ani.employee.pk}
    stop(ani.employee, "retirement", date(2024, 6, 1))
    assert found_by("paid_though_inactive", run) == {}


def test_a_penalty_that_takes_nothing_is_found(run: MonthRun, paid: dict[str, Slip], ani: Person, budi: Person) -> None:
    for employee, level in ((ani.employee, "sedang"), (budi.employee, "ringan")):
        DisciplinePenalty.objects.create(
            employee=employee, level=level, from_month=date(2024, 3, 1), letter_number="SK 1"
        )
    found = found_by("penalty_not_applied", run)
    assert found == {
        ani.employee.pk: "Hukuman sedang (SK 1) berlaku sejak 1 Maret 2024, tetapi slip tidak memuat potongannya."
    }
    line(paid["ani"], "penalty", effect=Decimal(-250_000))
    assert found_by("penalty_not_applied", run) == {}


def line(slip: Slip, kind: str, **values: Any) -> SlipLine:
    order = slip.lines.count() + 1
    return SlipLine.objects.create(
        **{
            "slip": slip,
            "order": order,
            "node_id": f"n{order}",
            "kind": kind,
            "stage": "month",
            "label": kind,
            "clause_text": "",
            "clause_reference": "",
            "unit": "rupiah",
            "unrounded": Decimal(0),
            **values,
        }
    )


@pytest.mark.parametrize(("born", "is_found"), [("19660430", True), ("19660531", False), ("19700101", False)])
def test_service_ends_with_the_month_of_the_last_age(
    born: str, is_found: bool, run: MonthRun, paid: dict[str, Slip], ani: Person
) -> None:
    Employee.objects.filter(pk=ani.employee.pk).update(nip=f"{born}1990011001")
    assert (ani.employee.pk in found_by("beyond_retirement_age", run)) is is_found


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_a_number_that_cannot_be_a_nip_is_found(run: MonthRun, paid: dict[str, Slip], ani: Person) -> None:
    Employee.objects.filter(pk=ani.employee.pk).update(nip="199013012015011001")
    assert set(found_by("nip_malformed", run)) == {ani.employee.pk}
    Standing.objects.filter(employee=ani.employee).update(status="KONTRAK")
    assert found_by("nip_malformed", run) == {}


def test_a_pns_with_the_number_of_a_pppk_is_found(run: MonthRun, paid: dict[str, Slip], ani: Person) -> None:
    Employee.objects.filter(pk=ani.employee.pk).update(nip="199001012022211001")
    assert found_by("nip_of_another_status", run) == {
        ani.employee.pk: "NIP 199001012022211001 berbentuk PPPK, sedangkan statusnya PNS."
    }


def test_one_name_and_day_of_birth_twice_is_found_for_both(
    run: MonthRun, paid: dict[str, Slip], office: Office
) -> None:
    post = make_position(office.opd, "P-77", "Arsiparis")
    double = make_employee("  ANI ", post, nip="199001012019012009")
    slip_in(run, double, office.opd)
    ani = Employee.objects.get(name="Ani")
    found = found_by("same_person_twice", run)
    assert set(found) == {ani.pk, double.pk}
    assert ani.nip in found[double.pk]


# --- accounts --------------------------------------------------------------------------------------------------------


def test_two_people_with_one_account_are_found_also_across_opds(
    run: MonthRun, paid: dict[str, Slip], ani: Person
) -> None:
    elsewhere = make_employee("Orang lain", make_position(make_opd("9.09", "Dinas Lain"), "X-1", "Staf"))
    number = BankAccount.objects.get(employee=ani.employee).number
    account(elsewhere, number)
    assert found_by("account_shared", run) == {
        ani.employee.pk: f"Rekening Bank SulutGo …{number[-4:]} juga tercatat untuk Orang lain."
    }


def test_the_same_digits_at_another_bank_are_another_account(
    run: MonthRun, paid: dict[str, Slip], ani: Person, budi: Person, changed_account: Callable[..., BankAccount]
) -> None:
    number = BankAccount.objects.get(employee=ani.employee).number
    changed_account(budi.employee, number, bank_code="002", bank_name="BRI")
    assert found_by("account_shared", run) == {}


def test_who_has_no_account_is_found_once_there_is_something_to_pay(
    run: MonthRun, paid: dict[str, Slip], dedi: Person, office: Office
) -> None:
    slip = slip_in(run, dedi.employee, office.opd)
    assert set(found_by("account_missing", run)) == {dedi.employee.pk}
    Slip.objects.filter(pk=slip.pk).update(net=0, gross=0)
    assert found_by("account_missing", run) == {}


def test_a_changed_account_waits_for_its_second_person_and_is_looked_at_for_a_month(
    run: MonthRun, paid: dict[str, Slip], ani: Person, with_role: Callable[..., User]
) -> None:
    one, other = with_role("bkpsdm"), with_role("bpkad")
    changed = account(
        ani.employee,
        "7111111111",
        first=TODAY - timedelta(days=3),
        is_change=True,
        confirmed_at=None,
        recorded_by=one,
    )
    assert set(found_by("account_waits", run)) == {ani.employee.pk}
    assert found_by("account_changed_lately", run) == {}
    BankAccount.objects.filter(pk=changed.pk).update(confirmed_at=clock.now(), confirmed_by=other)
    assert found_by("account_waits", run) == {}
    assert found_by("account_changed_lately", run) == {
        ani.employee.pk: "Rekening diganti pada 31 Mei 2024, kurang dari 30 hari sebelum pembayaran."
    }


@pytest.mark.parametrize(
    ("holder", "is_found"),
    [
        ("ANI", False),
        ("Ani, S.Pd., M.Si.", False),
        ("Hj. Ani", False),
        ("Suwarno Hadi", True),
    ],
)
def test_an_account_of_another_name_is_found(
    holder: str,
    is_found: bool,
    run: MonthRun,
    paid: dict[str, Slip],
    ani: Person,
    changed_account: Callable[..., BankAccount],
) -> None:
    changed_account(ani.employee, "7222222222", holder=holder)
    assert (ani.employee.pk in found_by("account_of_another_name", run)) is is_found


# --- amounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "criteria", "lifted", "is_found"),
    [(1, 1, 0, False), (2, 1, 0, True), (3, 3, 0, False), (200_000, 1, 200_000, False), (200_002, 1, 200_000, True)],
)
def test_more_than_the_pagu_and_its_rounding_is_found(
    above: int, criteria: int, lifted: int, is_found: bool, run: MonthRun, paid: dict[str, Slip]
) -> None:
    slip = paid["ani"]
    slip.gross, slip.net = slip.pagu + above, slip.pagu + above
    slip.criteria = {f"c{number}": "1" for number in range(criteria)}
    slip.save(update_fields=["gross", "net", "criteria"])
    if lifted:
        line(slip, "acting_rule", effect=Decimal(lifted))
    assert (slip.employee_id in found_by("above_pagu", run)) is is_found


def test_lines_that_give_another_total_are_found(run: MonthRun, paid: dict[str, Slip]) -> None:
    line(paid["ani"], "class_amounts", column="pagu", amount=Decimal(1_000_000))
    line(paid["ani"], "part_weight", column="gross", amount=Decimal(999_999))
    line(paid["budi"], "class_amounts", column="pagu", amount=Decimal(1_000_000))
    line(paid["budi"], "part_weight", column="gross", amount=Decimal(1_000_000))
    assert found_by("lines_do_not_add_up", run) == {
        paid["ani"].employee_id: "Jumlah baris gross adalah Rp999.999, sedangkan slip mencatat Rp1.000.000."
    }


def test_who_was_paid_by_another_opd_already_is_found(
    run: MonthRun, paid: dict[str, Slip], ani: Person, with_role: Callable[..., User]
) -> None:
    other = make_opd("9.08", "Dinas Lama")
    former = MonthRun.objects.create(
        month=run.month,
        number=2,
        state=MonthRun.State.DONE,
        rule_set=run.rule_set,
        rule_set_digest=run.rule_set_digest,
        reference_date=run.reference_date,
        scope={"opds": [str(other.uid)]},
        finished_at=clock.now(),
        digest="0" * 64,
    )
    slip_in(former, ani.employee, other, net=500_000)
    MonthLock.objects.create(
        month=run.month,
        run=former,
        opd=other,
        digest="a" * 64,
        people=1,
        net_total=500_000,
        locked_by=with_role("bkpsdm"),
    )
    assert found_by("paid_in_two_opds", run) == {
        ani.employee.pk: "Untuk bulan ini sudah dikunci slip Rp500.000 pada Dinas Lama."
    }


@pytest.mark.parametrize(("salary", "taken", "is_found"), [(6_549_800, 54_502, False), (6_549_800, 54_504, True)])
def test_a_contribution_beyond_the_shared_ceiling_is_found(
    salary: int, taken: int, is_found: bool, run: MonthRun, paid: dict[str, Slip]
) -> None:
    slip = paid["ani"]
    SalaryBase.objects.create(employee=slip.employee, month=run.month, amount=salary)
    slip.contributions, slip.net = Decimal(taken), slip.gross - taken
    slip.save(update_fields=["contributions", "net"])
    assert (slip.employee_id in found_by("contribution_above_the_ceiling", run)) is is_found


def test_a_jump_against_the_months_before_is_found(
    run: MonthRun, paid: dict[str, Slip], office: Office, with_role: Callable[..., User]
) -> None:
    for number, net in ((4, 500_000), (3, 400_000)):
        former = MonthRun.objects.create(
            month=date(2024, number, 1),
            number=1,
            state=MonthRun.State.DONE,
            rule_set=run.rule_set,
            rule_set_digest=run.rule_set_digest,
            reference_date=date(2024, number, 1),
            finished_at=clock.now(),
            digest="0" * 64,
        )
        slip_in(former, paid["ani"].employee, office.opd, net=net)
        slip_in(former, paid["budi"].employee, office.opd, net=900_000)
        MonthLock.objects.create(
            month=former.month,
            run=former,
            opd=office.opd,
            digest="a" * 64,
            people=2,
            net_total=net + 900_000,
            locked_by=with_role("bkpsdm"),
        )
    assert found_by("jump", run) == {
        paid["ani"].employee_id: "Bruto Rp1.000.000, sedangkan rata-rata 2 bulan sebelumnya Rp450.000."
    }


# --- posts -----------------------------------------------------------------------------------------------------------


def test_a_post_that_is_elsewhere_by_now_is_found(run: MonthRun, paid: dict[str, Slip], ani: Person) -> None:
    there = make_position(make_opd("9.07", "Dinas Baru"), "X-2", "Staf")
    Placement.objects.filter(employee=ani.employee).update(position=there)
    assert found_by("post_elsewhere", run) == {
        ani.employee.pk: (
            "Pada 1 Mei 2024 jabatannya tercatat di Dinas Baru, sedangkan slip ini dibayar Dinas Pendidikan."
        )
    }


def test_two_holders_of_one_structural_post_are_found_and_of_an_ordinary_one_not(
    run: MonthRun, paid: dict[str, Slip], office: Office, budi: Person
) -> None:
    second = make_employee("Kembar", office.section_head)
    make_employee("Rekan", office.staff)
    slip_in(run, second, office.opd)
    found = found_by("post_held_by_two", run)
    assert found == {
        budi.employee.pk: "Jabatan Kepala Seksi pada 1 Mei 2024 juga dipegang definitif oleh Kembar.",
        second.pk: "Jabatan Kepala Seksi pada 1 Mei 2024 juga dipegang definitif oleh Budi.",
    }


def test_a_class_that_was_corrected_behind_the_run_is_found(
    run: MonthRun, paid: dict[str, Slip], office: Office, ani: Person
) -> None:
    PositionTerms.objects.filter(position=office.staff).update(kelas=6)
    assert found_by("class_differs", run) == {
        ani.employee.pk: "Slip dihitung dengan kelas 7, sedangkan peta jabatan mencatat kelas 6 pada 1 Mei 2024."
    }


def test_a_standing_that_was_corrected_behind_the_run_is_found(
    run: MonthRun, paid: dict[str, Slip], ani: Person
) -> None:
    Standing.objects.filter(employee=ani.employee).update(golongan="II/c")
    assert found_by("standing_differs", run) == {
        ani.employee.pk: "Slip dihitung sebagai PNS III/a, sedangkan catatan pada 1 Mei 2024 menyebut PNS II/c."
    }


def test_acting_without_a_letter_or_for_too_long_is_found(
    run: MonthRun, paid: dict[str, Slip], office: Office, budi: Person
) -> None:
    acting = Placement.objects.create(
        employee=budi.employee, position=office.head, kind="plt", period=DateRange(date(2024, 3, 1), None)
    )
    assert found_by("acting_without_letter", run) == {
        budi.employee.pk: "Dibayar sebagai Plt Kepala Dinas sejak 1 Maret 2024 tanpa nomor surat perintah."
    }
    assert found_by("acting_too_long", run) == {}
    Placement.objects.filter(pk=acting.pk).update(letter_number="SP 1", period=DateRange(date(2023, 10, 1), None))
    assert found_by("acting_without_letter", run) == {}
    assert set(found_by("acting_too_long", run)) == {budi.employee.pk}


# --- presence --------------------------------------------------------------------------------------------------------


def test_who_was_never_there_is_found(run: MonthRun, paid: dict[str, Slip], ani: Person) -> None:
    DayResult.objects.filter(employee=ani.employee).update(presence=DayResult.Presence.ABSENT)
    assert found_by("never_there", run) == {
        ani.employee.pk: "Akan dibayar Rp1.000.000, padahal dari 3 hari kerja tidak sekali pun hadir atau bersurat."
    }
    assert found_by("away_all_month", run) == {}


def test_who_was_away_all_month_with_letters_is_found_apart(run: MonthRun, paid: dict[str, Slip], ani: Person) -> None:
    DayResult.objects.filter(employee=ani.employee).update(presence=DayResult.Presence.EXCUSED)
    assert set(found_by("away_all_month", run)) == {ani.employee.pk}
    assert found_by("never_there", run) == {}


def punch(employee: Employee, day: int, **values: Any) -> Punch:
    return Punch.objects.create(
        **{
            "id": new_uid(),
            "employee": employee,
            "kind": Punch.Kind.IN,
            "source": Punch.Source.PHONE,
            "captured_at": clock.at_local(date(2024, 5, day), time(7, 20), "Asia/Makassar"),
            **values,
        }
    )


def test_punches_that_nobody_has_looked_at_are_found(run: MonthRun, paid: dict[str, Slip], ani: Person) -> None:
    punch(ani.employee, 6, state=Punch.State.REVIEW)
    punch(ani.employee, 31, state=Punch.State.REVIEW)
    punch(ani.employee, 7)
    assert found_by("punches_under_review", run) == {ani.employee.pk: "2 absen bulan ini masih berstatus ditinjau."}


def test_three_people_on_one_point_on_two_days_are_found(
    run: MonthRun, paid: dict[str, Slip], ani: Person, budi: Person, dedi: Person
) -> None:
    spot = {"latitude": Decimal("1.474830"), "longitude": Decimal("124.842079")}
    for employee in (ani.employee, budi.employee, dedi.employee):
        punch(employee, 6, **spot)
    assert found_by("same_spot", run) == {}
    for employee in (ani.employee, budi.employee, dedi.employee):
        punch(employee, 7, **spot)
    found = found_by("same_spot", run)
    # Dedi would not be paid by this run.
    assert set(found) == {ani.employee.pk, budi.employee.pk}
    assert found[ani.employee.pk] == ("Pada 2 hari titik koordinatnya sama sampai enam desimal dengan 2 orang lain.")


def test_letters_recorded_when_the_month_was_over_are_found(run: MonthRun, paid: dict[str, Slip], ani: Person) -> None:
    for day, recorded in (
        (6, datetime(2024, 5, 7, tzinfo=UTC)),
        (13, datetime(2024, 6, 10, 15, 59, tzinfo=UTC)),
        (20, datetime(2024, 6, 10, 16, tzinfo=UTC)),
    ):
        AttendanceDocument.objects.create(
            employee=ani.employee,
            kind="S",
            label="Sakit",
            period=DateRange(date(2024, 5, day), date(2024, 5, day + 1)),
            state=AttendanceDocument.State.APPROVED,
            created_at=recorded,
        )
    assert found_by("letters_after_the_month", run) == {
        ani.employee.pk: "1 surat untuk bulan ini baru dicatat lebih dari 10 hari sesudah bulan berakhir."
    }


# --- work ------------------------------------------------------------------------------------------------------------


def test_points_without_a_day_of_presence_are_found(run: MonthRun, paid: dict[str, Slip], ani: Person) -> None:
    activity(ani.employee, minutes=90)
    assert found_by("points_without_presence", run) == {}
    DayResult.objects.filter(employee=ani.employee).update(presence=DayResult.Presence.EXCUSED)
    assert found_by("points_without_presence", run) == {
        ani.employee.pk: "90 menit aktivitas disetujui, padahal tidak ada satu hari pun hadir."
    }


def test_work_on_an_absent_day_is_found(run: MonthRun, paid: dict[str, Slip], ani: Person) -> None:
    DayResult.objects.filter(employee=ani.employee, date=date(2024, 5, 7)).update(presence=DayResult.Presence.ABSENT)
    activity(ani.employee, day=6)
    activity(ani.employee, day=7)
    assert found_by("work_while_absent", run) == {
        ani.employee.pk: "Pada 1 hari tanpa keterangan ada aktivitas yang disetujui."
    }


@pytest.mark.parametrize(("minutes", "is_found"), [(300, False), (301, True)])
def test_more_than_ten_hours_a_day_are_found(
    minutes: int, is_found: bool, run: MonthRun, paid: dict[str, Slip], ani: Person
) -> None:
    activity(ani.employee, minutes=300)
    activity(ani.employee, minutes=minutes, begin=datetime(2024, 5, 6, 8, 0, tzinfo=UTC))
    assert (ani.employee.pk in found_by("overfull_days", run)) is is_found


def test_a_file_that_shows_the_work_of_two_is_found_for_both(
    run: MonthRun, paid: dict[str, Slip], ani: Person, budi: Person
) -> None:
    for number, (person, content) in enumerate([(ani, b"sama"), (budi, b"sama"), (budi, b"sendiri")]):
        done = activity(person.employee, day=6 + number)
        Evidence.objects.create(activity=done, file=stored_file(content, owner=person.user))
    found = found_by("shared_evidence", run)
    assert found == dict.fromkeys(
        (ani.employee.pk, budi.employee.pk), "1 berkas buktinya sama persis dengan bukti orang lain."
    )


def test_five_copied_texts_are_found(run: MonthRun, paid: dict[str, Slip], ani: Person, budi: Person) -> None:
    for number in range(5):
        for person in (ani, budi):
            if person is budi and number == 4:
                continue
            done = activity(person.employee, day=6 + number)
            TextTrace.objects.create(activity=done, date=done.date, digest=1000 + number, bands=[number])
    assert found_by("same_texts", run) == {}
    done = activity(budi.employee, day=20)
    TextTrace.objects.create(activity=done, date=done.date, digest=1004, bands=[4])
    assert set(found_by("same_texts", run)) == {ani.employee.pk, budi.employee.pk}


def test_two_who_approve_each_other_are_found(run: MonthRun, paid: dict[str, Slip], ani: Person, budi: Person) -> None:
    approve_of(ani, by=budi, on=NOON.date(), times=3)
    approve_of(budi, by=ani, on=NOON.date(), times=2)
    assert found_by("mutual_approvals", run) == {}
    approve_of(budi, by=ani, on=NOON.date(), times=1)
    found = found_by("mutual_approvals", run)
    assert found[ani.employee.pk] == (
        "3 aktivitasnya disetujui Budi, dan sebaliknya 3 aktivitas orang itu disetujuinya."
    )
    assert set(found) == {ani.employee.pk, budi.employee.pk}


def test_another_opd_is_left_out_when_one_is_looked_at(
    run: MonthRun, paid: dict[str, Slip], ani: Person, office: Office
) -> None:
    stop(ani.employee, "death", date(2024, 4, 10))
    elsewhere = make_opd("9.06", "Dinas Lain")
    assert found_by("paid_though_dead", run, elsewhere.pk) == {}
    assert set(found_by("paid_though_dead", run, office.opd.pk)) == {ani.employee.pk}
