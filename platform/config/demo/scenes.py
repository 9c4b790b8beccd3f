"""What goes on in a demo region beside its months: chains of its own, SKP that is kept there, a sample with findings.

Each scene is played once, through the actions that the pages call; what stands stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.jobs import work
from kernel.periods import Month
from kernel.tenancy.context import current_region
from kernel.texts.holding import written_for
from kernel.texts.models import TextHold
from tenants.activities.actions import ActivityInput, save_activity
from tenants.activities.models import JobKind
from tenants.approvals.actions import decide
from tenants.approvals.chains import StepInput, make_chain
from tenants.approvals.defaults import FROM_THE_BEGINNING
from tenants.approvals.models import ApprovalRequest, Chain, ChainStep
from tenants.attendance.models import AttendanceDocument
from tenants.employees.models import Employee
from tenants.employees.querysets import posts_on, superior_of
from tenants.leave.actions import request_leave
from tenants.leave.checking import LeaveAsk
from tenants.leave.models import YEARLY
from tenants.oversight import actions as oversight
from tenants.oversight.drawing import start_drawing
from tenants.oversight.models import Finding, Sample, SampledPerson
from tenants.skp.assessments import AssessmentInput, assess, give_feedback
from tenants.skp.behaviour import VALUES
from tenants.skp.configuring import make_setting
from tenants.skp.models import Indicator, MonthlyRating, Plan, SkpSetting
from tenants.skp.plans import IndicatorInput, ResultInput, create_plan, save_expectations, save_result, submit_plan
from tenants.skp.rating_periods import RatingPeriod
from tenants.skp.reports import RealisationInput, save_realisation, submit_report

SEED: Final = "contoh"
LONG_LEAVE_DAYS: Final = 3
# Each stands at another step of the SKP.
FEWEST_PEOPLE: Final = 5
# No name that anybody bears.
ADVERTISEMENT: Final = "Main di CONTOHWIN77, situs slot gacor dengan bonus new member, wd cepat"
_EXPECTED: Final = "Sesuai yang dibicarakan dalam dialog kinerja."


@transaction.atomic
def put_chains_in_force(month: Month, admin: User) -> None:
    """Long leaves also need the superior's superior; so does odd work of who leads others. From the month on."""
    if Chain.objects.filter(valid_from__gt=FROM_THE_BEGINNING).exists():
        return
    above = ChainStep.Approver.NEXT_SUPERIOR
    direct = StepInput(ChainStep.Approver.DIRECT_SUPERIOR, days_to_decide=3, day_kind=ChainStep.Days.WORKING)
    with clock.at(min(clock.now(), clock.at_local(month.first_day, time(8), current_region().time_zone))):
        make_chain(
            document_kind="attendance_leave",
            name="Cuti panjang sampai atasan dari atasan",
            valid_from=month.first_day,
            steps=[
                direct,
                StepInput(
                    above,
                    days_to_decide=2,
                    day_kind=ChainStep.Days.WORKING,
                    after_deadline=ChainStep.AfterDeadline.BKPSDM,
                    measure_from=Decimal(LONG_LEAVE_DAYS),
                ),
            ],
            actor=admin,
        )
        make_chain(
            document_kind="activity",
            name="Pejabat pengawas: yang perlu diperiksa naik setingkat",
            valid_from=month.first_day,
            position_kind="pengawas",
            steps=[direct, StepInput(above, only_exceptions=True)],
            actor=admin,
        )


@transaction.atomic
def ask_for_leave(staff: Sequence[Employee], today: date) -> None:
    """The first asks for a long leave from next Monday on, the second for a day; both wait."""
    if AttendanceDocument.objects.exists():
        return
    monday = today + timedelta(days=7 - today.weekday())
    wishes = ((staff[0], 5, "Acara keluarga di luar kota."), (staff[1], 1, "Urusan keluarga."))
    for employee, days, reason in wishes:
        ask = LeaveAsk(YEARLY, monday, monday + timedelta(days=days - 1), reason=reason)
        request_leave(employee=employee, ask=ask, actor=_user_of(employee))


@transaction.atomic
def keep_skp_here(month: Month, lead: Employee, staff: Sequence[Employee], admin: User) -> None:
    """From the month on the region keeps its SKP itself; the people of one section stand at every step of it.

    Played before the month has ratings: with them it is rated already.
    """
    if SkpSetting.objects.exists() or MonthlyRating.objects.filter(month__gte=month.first_day).exists():
        return
    make_setting(valid_from=month.first_day, source="here", months_per_period=1, behaviour="scores", actor=admin)
    boss = superior_of(lead, month.first_day)
    if boss is None:
        raise LookupError(f"{lead} has nobody above")
    goal = _planned(lead, month, "Layanan aduan warga terjawab tepat waktu", "Aduan terjawab", "600 aduan", "aduan", 50)
    _approved(goal, boss)
    origin = goal.results.get().key
    waits, rated, praised, asked, drafted = staff[:FEWEST_PEOPLE]
    plans = {
        employee.pk: _planned(employee, month, text, indicator, target, unit, figure, origin=origin)
        for employee, text, indicator, target, unit, figure in (
            (waits, "Aduan warga tercatat dan terjawab", "Aduan terjawab", "120 aduan", "aduan", 10),
            (rated, "Laporan mingguan layanan terbit", "Laporan terbit", "48 laporan", "laporan", 4),
            (praised, "Data layanan mutakhir", "Pemutakhiran data", "24 kali", "kali", 2),
            (asked, "Panduan layanan tersusun", "Bab panduan", "12 bab", "bab", 1),
            (drafted, "Arsip aduan rapi", "Berkas diarsipkan", "240 berkas", "berkas", 20),
        )
    }
    for employee in (waits, rated, praised):
        _approved(plans[employee.pk], lead)
    submit_plan(employee=asked, uid=plans[asked.pk].uid, actor=_user_of(asked))
    period = RatingPeriod.of(month.first_day, 1)
    for employee, figure in ((waits, 9), (rated, 4), (praised, 3)):
        _realised(employee, plans[employee.pk], period, figure)
    for employee, results, score in ((rated, "sesuai", 95), (praised, "di_atas", 98)):
        keys = plans[employee.pk].results.values_list("key", flat=True)
        words = "Pertahankan, dan bantu rekan sebidang."
        entry = AssessmentInput(dict.fromkeys(keys), dict.fromkeys(VALUES, score), results, results, words)
        assess(employee_uid=employee.uid, period=period, entry=entry, actor=_user_of(lead))
    text = "Jawaban aduan sudah cepat. Lampirkan tangkapan layarnya sebagai bukti."
    give_feedback(employee_uid=waits.uid, text=text, actor=_user_of(lead))


def _planned(
    employee: Employee,
    month: Month,
    text: str,
    indicator: str,
    target: str,
    unit: str,
    figure: int,
    *,
    origin: UUID | None = None,
) -> Plan:
    """A complete draft with one result."""
    user = _user_of(employee)
    post = posts_on([employee.pk], month.first_day)[employee.pk].definitive
    if post is None:
        raise LookupError(f"{employee} holds no post")
    plan = create_plan(
        employee=employee, position_uid=post.position_uid, year=month.year, model="kualitatif", actor=user
    )
    indicators = [IndicatorInput("kuantitas", indicator, target, unit, Decimal(figure))]
    entry = ResultInput("utama", text, indicators, origin)
    save_result(employee=employee, plan_uid=plan.uid, entry=entry, actor=user)
    expectations = dict.fromkeys(VALUES, _EXPECTED)
    return save_expectations(employee=employee, plan_uid=plan.uid, expectations=expectations, actor=user)


def _approved(plan: Plan, approver: Employee) -> None:
    submit_plan(employee=plan.employee, uid=plan.uid, actor=_user_of(plan.employee))
    request = ApprovalRequest.objects.waiting().get(document_uid=plan.uid)
    decide(request_uids=[request.uid], verdict="approved", actor=_user_of(approver))


def _realised(employee: Employee, plan: Plan, period: RatingPeriod, figure: int) -> None:
    keys = Indicator.objects.filter(result__plan=plan).values_list("key", flat=True)
    entries = {key: RealisationInput(Decimal(figure), "Menurut catatan layanan.") for key in keys}
    user = _user_of(employee)
    save_realisation(employee=employee, period=period, entries=entries, actor=user)
    submit_report(employee=employee, period=period, actor=user)


def examine(month: Month, inspector: User, ani: Employee, today: date) -> None:
    """A sample of the finished month, one person gone through, a finding to be answered and a correction to decide."""
    if not Sample.objects.exists():
        job = start_drawing(month=month, opd=None, percent=Decimal(10), riskiest=3, seed=SEED, actor=inspector)
        # Worked here, so that the sample is there when the demo opens; the worker finds the job done.
        work.run(str(job.uid))
    _find(month, inspector, ani, today)


@transaction.atomic
def _find(month: Month, inspector: User, ani: Employee, today: date) -> None:
    if Finding.objects.exists():
        return
    first, second = SampledPerson.objects.exclude(employee=ani).select_related("employee").order_by("order")[:2]
    oversight.mark_examined(sampled_uid=first.uid, note="Absen dan aktivitas cocok.", actor=inspector)
    due = today + timedelta(days=7)
    oversight.open_finding(
        employee=ani,
        month=month,
        sampled=SampledPerson.objects.filter(employee=ani).first(),
        subject=Finding.Subject.EVIDENCE,
        about="Aktivitas pekan kedua tanpa bukti",
        text="Aktivitas itu disetujui tanpa berkas. Mohon lampirkan atau jelaskan.",
        answer_due=due,
        client_key=new_uid(),
        actor=inspector,
    )
    overpaid = oversight.open_finding(
        employee=second.employee,
        month=month,
        sampled=second,
        subject=Finding.Subject.PUNCH,
        about="Satu hari dinas luar tanpa surat tugas",
        text="Hari itu dihitung hadir, tetapi surat tugasnya tidak ada.",
        answer_due=due,
        client_key=new_uid(),
        actor=inspector,
    )
    oversight.propose_correction(
        finding_uid=overpaid.uid, amount=Decimal(150_000), reason="TPP satu hari kerja.", actor=inspector
    )


def _user_of(employee: Employee) -> User:
    if employee.user is None:
        raise LookupError(f"{employee} has no account")
    return employee.user


def let_somebody_advertise(person: Employee, today: date) -> None:
    """An account that somebody else got into writes advertising of gambling: held, and seen at the operators' desk."""
    account = person.user
    if TextHold.objects.exists() or account is None:
        return
    kind = JobKind.objects.in_force(today).filter(position_kinds=[], evidence_rule="").order_by("code")[0]
    draft = ActivityInput(kind.uid, today, time(0), 1, 1, ADVERTISEMENT)
    with written_for(lambda: account):
        save_activity(employee=person, draft=draft, actor=account)
