"""Loading a demo region through the real actions: import, rules signed by two, a finished month run and locked."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, time, timedelta

import typst
import yaml
from django.core.files.base import ContentFile
from django.db import transaction

from config.demo import ground, money, months, paying, scenes
from config.demo.chance import happens
from config.demo.people import Roster, roster_of
from control.onboarding.actions import FirstAdmin, NewRegion, provision_region
from control.regions.models import Region
from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import Role, RoleGrant, User
from kernel.errors import DomainError
from kernel.jobs import work
from kernel.periods import Month
from kernel.tenancy import here
from kernel.tenancy.context import control_scope, current_region, region_scope
from tenants.activities.actions import ActivityInput, send_activity
from tenants.activities.models import Activity, JobKind
from tenants.attendance.results import recompute_days
from tenants.calendars.actions import confirm_holidays, draft_national_holidays
from tenants.calendars.models import Holiday
from tenants.calendars.querysets import calendar_between
from tenants.calendars.work_date import DAY_BEGINS
from tenants.employees.models import Employee
from tenants.employees.posts import Post
from tenants.employees.querysets import posts_on, reporting_lines_on
from tenants.employees.roster_import import import_roster
from tenants.payout.actions import is_over, lock_month, open_opds
from tenants.punches.models import Punch
from tenants.rules.actions import load_rule_set_file, publish_rule_set, sign_rule_set, state_regulation
from tenants.rules.engine import ready_rule_sets
from tenants.skp.models import MonthlyRating
from tenants.tpp.actions import start_run
from tenants.tpp.models import MonthLock, MonthRun, SalaryBase
from tenants.tpp.salary import record_salary_bases

OPERATOR_LOGIN = "operator@kinerja.test"
OPENING_PHRASE = "contoh-kinerja-2026"
ADMIN_NIP = "198001012005011001"
INSPECTOR_NIP = "198203032006041002"
REGULATION_PAGE = b"= Naskah contoh\nBukan peraturan; pengganti naskah dalam peragaan."
DEMO = System("load_demo")
NO_SECOND_FACTOR_FOR = timedelta(days=365)

Say = Callable[[str], None]


@dataclass(frozen=True)
class DemoRegion:
    """One region of the demo, the ready rule set it starts from, and whether it keeps its SKP itself.

    `is_paid`: its finished month goes on to the bank; otherwise a newcomer finds it half-way, stopped for two reasons.
    `is_attacked`: an incident waits at the operators' desk.
    """

    new: NewRegion
    rule_set: str
    secretary_category: str
    keeps_skp: bool
    is_paid: bool
    is_attacked: bool = False


REGIONS = (
    DemoRegion(
        NewRegion("manado", "kota", "Kota Manado", "Manado", "Asia/Makassar", "7171"),
        "manado",
        "sekretaris",
        keeps_skp=True,
        is_paid=True,
    ),
    DemoRegion(
        NewRegion("banjarmasin", "kota", "Kota Banjarmasin", "Banjarmasin", "Asia/Makassar", "6371"),
        "banjarmasin_2023",
        "umum",
        keeps_skp=False,
        is_paid=False,
        is_attacked=True,
    ),
)


def load_operator() -> None:
    """The platform operator's account, once."""
    with control_scope(), transaction.atomic():
        if User.objects.filter(login=OPERATOR_LOGIN).exists():
            return
        user = User(login=OPERATOR_LOGIN, email=OPERATOR_LOGIN, display_name="Operator")
        user.set_password(OPENING_PHRASE)
        user.save()
        RoleGrant.objects.create(user=user, role=Role.objects.get(code="operator"))
        _give_time()


def _give_time() -> None:
    """Visitors of the demo share its accounts: for a year nobody must add a second factor, and everybody may."""
    Role.objects.filter(second_factor_days__isnull=False).update(second_factor_from=clock.now() + NO_SECOND_FACTOR_FOR)


def load_region(demo: DemoRegion, say: Say) -> None:
    """The region with its people, last month finished and locked, this month up to now. What stands stays.

    A demo that was kept goes on: the rest of the month that has ended in between is filled in and the month locked,
    unless what visitors have done there speaks against it.
    """
    with control_scope():
        region = Region.objects.filter(code=demo.new.code).first()
        if region is None:
            admin = FirstAdmin(ADMIN_NIP, "Admin BKPSDM")
            region = provision_region(new=demo.new, first_admin=admin, actor=DEMO).region
            say(f"{region.name}: schema and defaults")
        state = region.state()
    with region_scope(state):
        _give_time()
        today = clock.today(state.time_zone)
        running = Month.of(today)
        roster = roster_of(demo.new.code, secretary_category=demo.secretary_category)
        _load_people(roster, today)
        say(f"{state.name}: {len(roster.people)} people")
        _load_rules_and_calendar(demo, roster, running)
        finished = running.previous
        paying.give_accounts(finished.first_day, DEMO, shared=() if demo.is_paid else paying.SHARING)
        paying.opd_officer(OPENING_PHRASE)
        money.dress_papers(state.name, demo.new.short_name, date(finished.year, 1, 1), _user(ADMIN_NIP))
        if not MonthLock.objects.filter(month=finished.first_day).exists():
            _load_month(finished, until=finished.end)
            say(f"{state.name}: {finished} {_run_and_lock(finished, demo, _user(roster.nips['Citra']))}")
        _play_scenes(demo, roster, running, today)
        money.object_to_a_line(finished, _user(roster.nips["Ani"]))
        unrated = [person.pk for person in _section_of(roster, today)] if demo.keeps_skp else []
        _load_running_month(running, today, roster, unrated)
        ground.make_kits(_user(ADMIN_NIP))
        say(f"{state.name}: {running} up to {today}")


def _play_scenes(demo: DemoRegion, roster: Roster, running: Month, today: date) -> None:
    admin, inspector = _user(ADMIN_NIP), _inspector()
    lead, *staff = _section_of(roster, today)
    scenes.put_chains_in_force(running, admin)
    if len(staff) < scenes.FEWEST_PEOPLE:
        # A visitor has dissolved the section; what was played stands.
        return
    ground.lay_out(running, lead, staff, admin, paying.opd_officer(OPENING_PHRASE), today)
    scenes.ask_for_leave(staff, today)
    if demo.keeps_skp:
        scenes.keep_skp_here(running, lead, staff, admin)
    scenes.examine(running.previous, inspector, staff[0], today)
    if demo.is_attacked:
        scenes.let_somebody_advertise(staff[-1], today)


def _inspector() -> User:
    """Somebody of the inspectorate, who is no employee of the offices in the demo."""
    user = User.objects.filter(login=INSPECTOR_NIP).first()
    if user is None:
        user = User(login=INSPECTOR_NIP, display_name="Inspektorat")
        user.set_password(OPENING_PHRASE)
        user.save()
        RoleGrant.objects.create(user=user, role=Role.objects.get(code="inspektorat"))
    return user


def _section_of(roster: Roster, day: date) -> list[Employee]:
    """Budi, and then his people: Ani is the first of them."""
    nips = roster.nips
    people = Employee.objects.select_related("user")
    lead = people.get(nip=nips["Budi"])
    staff = people.in_bulk(reporting_lines_on(day).subordinates_of(lead.pk))
    return [lead, *sorted(staff.values(), key=lambda one: (one.nip != nips["Ani"], one.name))]


def _user(nip: str) -> User:
    return User.objects.get(login=nip)


@transaction.atomic
def _load_people(roster: Roster, today: date) -> None:
    if Employee.objects.exists():
        return
    import_roster(content=roster.as_workbook(), today=today, actor=DEMO, valid_rows_only=False)
    for nip in (ADMIN_NIP, *roster.nips.values()):
        user = _user(nip)
        user.set_password(OPENING_PHRASE)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
    citra = _user(roster.nips["Citra"])
    RoleGrant.objects.get_or_create(user=citra, role=Role.objects.get(code="bpkad"), opd_uid=None)


@transaction.atomic
def _load_rules_and_calendar(demo: DemoRegion, roster: Roster, running: Month) -> None:
    admin = _user(ADMIN_NIP)
    for year in {running.year, running.previous.year}:
        draft_national_holidays(year=year, actor=admin)
    confirm_holidays(
        uids=list(Holiday.objects.drafts().values_list("uid", flat=True)), source="SKB 3 Menteri (contoh)", actor=admin
    )
    if MonthRun.objects.exists():
        return
    # A ready set whose regulation has ended goes on in the demo.
    ready = yaml.safe_load(ready_rule_sets()[demo.rule_set])
    ready.pop("valid_to", None)
    text = yaml.safe_dump(ready, allow_unicode=True, sort_keys=False)
    start = date(running.previous.year, 1, 1)
    draft = load_rule_set_file(text=text, valid_from=start, actor=admin)
    draft = state_regulation(
        uid=draft.uid,
        seen=draft.digest,
        number=draft.regulation,
        title=ready["regulation"]["title"],
        enacted_on=start,
        upload=ContentFile(typst.compile(REGULATION_PAGE, format="pdf"), "peraturan-contoh.pdf"),
        actor=admin,
    )
    for signer in (admin, _user(roster.nips["Citra"])):
        sign_rule_set(uid=draft.uid, actor=signer)
    publish_rule_set(uid=draft.uid, actor=admin)


def _workers(day: date) -> list[months.Worker]:
    return [
        months.Worker(employee_id, posts.definitive)
        for employee_id, posts in sorted(posts_on(None, day).items())
        if posts.definitive is not None
    ]


@transaction.atomic
def _load_month(month: Month, *, until: date, unrated: Collection[int] = ()) -> None:
    """Punches, work, ratings and salaries of the days of the month before `until`; no ratings for `unrated`.

    A day on which somebody has punched or entered work, and a salary that is known, stay as they are.
    """
    zone = current_region().time_zone
    lived = _days_lived(month)
    calendar = calendar_between(month.first_day, month.end)
    workers = _workers(month.first_day)
    kinds = list(JobKind.objects.in_force(month.first_day).filter(position_kinds=[]).order_by("code")[:8])
    punches: list[Punch] = []
    done: list[Activity] = []
    for worker in workers:
        for day in months.working_days(worker, calendar, month, until):
            if (worker.employee_id, day) in lived:
                continue
            came = months.punches_of(worker, day, calendar)
            punches += came
            if came:
                done.append(months.approved_work(worker, day, kinds, zone))
    Punch.objects.bulk_create(punches, batch_size=2000)
    Activity.objects.bulk_create(done, batch_size=2000)
    rated = [worker for worker in workers if worker.employee_id not in unrated]
    MonthlyRating.objects.bulk_create([months.rating_of(worker, month) for worker in rated], ignore_conflicts=True)
    known = set(SalaryBase.objects.filter(month=month.first_day).values_list("employee_id", flat=True))
    salaries = {worker.employee_id: months.salary_of(worker) for worker in workers if worker.employee_id not in known}
    record_salary_bases(month=month, amounts=salaries, actor=DEMO)
    recompute_days(first=month.first_day, end=until)


def _days_lived(month: Month) -> set[tuple[int, date]]:
    """Who has punched or entered work on which day of the month."""
    zone = current_region().time_zone
    begin, end = clock.month_bounds(month, zone)
    punched = Punch.objects.filter(captured_at__gte=begin, captured_at__lt=end)
    days = {(key, clock.local_date(at, zone)) for key, at in punched.values_list("employee_id", "captured_at")}
    worked = Activity.objects.filter(date__gte=month.first_day, date__lt=month.end)
    return days | set(worked.values_list("employee_id", "date"))


def _run_and_lock(month: Month, demo: DemoRegion, treasurer: User) -> str:
    """What became of the month, in words."""
    admin = _user(ADMIN_NIP)
    # A month is over three hours into the next one; the demo does not wait for that.
    over = clock.at_local(month.end, DAY_BEGINS, current_region().time_zone)
    with clock.at(max(clock.now(), over)):
        try:
            refused = _run_and_lock_now(month, demo, admin, treasurer)
        except DomainError as error:
            # A chain or a go-live that a visitor has laid down is theirs to follow.
            if not MonthLock.objects.exists():
                raise
            refused = error.message()
    if refused:
        return f"not locked: {refused}"
    return "computed and locked" if demo.is_paid else "computed, one OPD locked and one stopped before"


def _run_and_lock_now(month: Month, demo: DemoRegion, admin: User, treasurer: User) -> str:
    """Why an OPD was not locked, in words; empty when all were."""
    run = next((run for run in MonthRun.objects.of(month).done() if is_over(month, run.created_at)), None)
    if run is None:
        run = start_run(month=month, actor=admin)
        if run.job is None:
            raise LookupError(f"{run} has no job")
        # Worked here, so that the month is there when the demo opens; the worker finds the job done.
        work.run(str(run.job.uid))
    officer, inspector = paying.opd_officer(OPENING_PHRASE), _inspector()
    money.set_ceilings(month, treasurer)
    paying.take_steps_before_lock(month, operator=officer, checker=admin, treasurer=treasurer)
    opds = open_opds(month)
    locked = opds if demo.is_paid else opds[:1]
    money.let_hits_through(month, opds, locked, admin, inspector)
    done = lock_month(month=month, actor=admin, reason="Data contoh", opds=locked)
    signers = {"bkpsdm": admin, "bpkad": treasurer}
    money.sign(month, signers | {"inspektorat": inspector} if demo.is_paid else signers)
    if demo.is_paid:
        money.pay_one(month, officer, treasurer, here.today())
    return " ".join(f"{left.opd.name}: {left.text}" for left in done.refused)


def _load_running_month(month: Month, today: date, roster: Roster, unrated: Collection[int]) -> None:
    """The month up to now. `unrated` are those whose superior rates them here."""
    if Punch.objects.filter(captured_at__gte=clock.day_bounds(month.first_day, current_region().time_zone)[0]).exists():
        return
    calendar = calendar_between(month.first_day, month.end)
    seat = _seat_of(roster.nips["Budi"], today)
    # Visitors may have ended his service; then the working days of the first of the others count.
    unit = seat.unit_id if seat else _workers(today)[0].post.unit_id
    past = [day for day in calendar.working_days(unit, month) if day < today]
    last = past[-1] if past else month.first_day
    _load_month(month, until=last, unrated=unrated)
    _load_waiting_day(last, roster, calendar_end=month.end)


def _seat_of(nip: str, day: date) -> Post | None:
    """The definitive post of that day."""
    person = Employee.objects.active().filter(nip=nip).first()
    posts = None if person is None else posts_on([person.pk], day).get(person.pk)
    return None if posts is None else posts.definitive


def _load_waiting_day(day: date, roster: Roster, *, calendar_end: date) -> None:
    """The last working day: punches, and work that Budi's people handed in and that still waits for him."""
    zone = current_region().time_zone
    calendar = calendar_between(day, calendar_end)
    workers = _workers(day)
    # On the first days of a month this may be today, which is not over.
    moment = clock.now()
    punches = [punch for worker in workers for punch in months.punches_of(worker, day, calendar)]
    Punch.objects.bulk_create([punch for punch in punches if punch.captured_at <= moment])
    recompute_days(first=day, end=day + timedelta(days=1))
    seat = _seat_of(roster.nips["Budi"], day)
    staff = [worker for worker in workers if seat and worker.post.superior_position_id == seat.position_id]
    employees = Employee.objects.select_related("user").in_bulk([worker.employee_id for worker in staff])
    kind = JobKind.objects.in_force(day).filter(position_kinds=[], evidence_rule="").order_by("code")[0]
    with clock.at(clock.at_local(day, time(15, 30), zone)):
        for worker in staff:
            employee = employees[worker.employee_id]
            # As the norm says, and now and then much longer: the inbox shows that one first.
            entries: list[tuple[int, int | None, int]] = [(8, None, 4), (10, None, 5)]
            if happens(20, worker.employee_id, "takes long"):
                entries[1] = (10, 240, 1)
            for hour, minutes, volume in entries:
                draft = ActivityInput(kind.uid, day, time(hour), minutes, volume, kind.name)
                send_activity(employee=employee, draft=draft, actor=employee.user or DEMO)
