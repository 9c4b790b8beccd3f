"""A person's yearly plan, from the first draft to a new version of what was approved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.testing.queries import assert_query_count
from tenants.approvals.actions import decide, recall
from tenants.approvals.errors import NotRecallable
from tenants.approvals.models import ApprovalRequest
from tenants.approvals.undoing import undo_approvals
from tenants.employees.models import Placement
from tenants.skp.behaviour import VALUES
from tenants.skp.forms import FigureField
from tenants.skp.models import Indicator, Plan, WorkResult
from tenants.skp.plans import ResultInput, save_result, start_new_version, withdraw_plan
from tenants.skp.rating_periods import RatingPeriod
from tests.cast import Office, Person, make_employee, make_nip, make_position, make_user
from tests.tenants.skp.planning import (
    LAST_DAY,
    QUALITY,
    REPORTS,
    approve_plan,
    hand_in_plan,
    make_plan,
    rate,
    realise,
    result_keys,
)

SignedIn = Callable[..., Client]


def indicator_fields(*rows: dict[str, str], known: int = 0) -> dict[str, str]:
    fields = {"iki-TOTAL_FORMS": str(len(rows)), "iki-INITIAL_FORMS": str(known)}
    for place, row in enumerate(rows):
        fields |= {f"iki-{place}-{name}": value for name, value in {"aspect": "kuantitas", **row}.items()}
    return fields


REPORT_ROW = {"statement": "Jumlah laporan", "target": "12 laporan", "period_target": "1,5", "unit": "laporan"}


def test_a_plan_is_written_on_the_pages_and_handed_in(
    ani: Person, budi: Person, kept_here: User, signed_in: SignedIn
) -> None:
    client = signed_in(ani.user)
    assert "Belum ada rencana SKP" in client.get("/skp/").content.decode()
    post = ani.employee.placements.get().position
    made = client.post("/skp/rencana/baru/", {"position": post.uid, "year": "2026", "model": "kualitatif"})
    plan = Plan.objects.get()
    assert made.headers["Location"] == f"/skp/rencana/{plan.uid}/"
    page = client.get(made.headers["Location"]).content.decode()
    assert "Isi paling sedikit satu rencana hasil kerja" in page
    assert "Isi ekspektasi pimpinan" in page
    rhk = {"statement": "Laporan tersusun", "kind": "utama", "derived_from": ""}
    assert client.get(f"/skp/rencana/{plan.uid}/rhk/baru/").status_code == 200
    answer = client.post(f"/skp/rencana/{plan.uid}/rhk/baru/", {**rhk, **indicator_fields(REPORT_ROW, {}, {})})
    assert answer.status_code == 302
    indicator = Indicator.objects.get()
    assert (indicator.period_target, indicator.unit, indicator.aspect) == (Decimal("1.5"), "laporan", "kuantitas")
    values = dict.fromkeys(VALUES, "Harapan")
    assert client.post(f"/skp/rencana/{plan.uid}/perilaku/", values).status_code == 302
    assert client.post(f"/skp/rencana/{plan.uid}/ajukan/").status_code == 302
    request = ApprovalRequest.objects.waiting().get()
    assert (request.document_kind, request.document_uid, request.approver) == ("skp_plan", plan.uid, budi.employee)
    assert request.is_exception, "a year's plan is never approved in bulk unread"
    page = client.get(f"/skp/rencana/{plan.uid}/").content.decode()
    assert "menunggu Budi" in page
    assert "Tarik pengajuan" in page
    superior = signed_in(budi.user)
    inbox = superior.get("/kotak-masuk/").content.decode()
    # One line without labels: each value says what it is.
    for words in ("SKP 2026, Pengelola Data", "versi 1", "1 hasil kerja", "1 indikator", "0 dari atasan"):
        assert words in inbox
    asked = superior.get(f"/kotak-masuk/{request.uid}/").content.decode()
    assert f'href="/skp/rencana/{plan.uid}/"' in asked
    assert "Jumlah laporan" in superior.get(f"/skp/rencana/{plan.uid}/").content.decode()


def test_the_superior_returns_with_a_reason_and_the_owner_sees_it(
    ani: Person, budi: Person, kept_here: User, signed_in: SignedIn
) -> None:
    plan = make_plan(ani)
    request = hand_in_plan(ani, plan)
    decide(request_uids=[request.uid], verdict="returned", note="Targetnya terlalu rendah", actor=budi.user)
    page = signed_in(ani.user).get(f"/skp/rencana/{plan.uid}/").content.decode()
    assert "Targetnya terlalu rendah" in page
    assert "Ajukan ke atasan" in page
    again = hand_in_plan(ani, plan)
    assert "Sudah pernah dikembalikan" in again.remarks


def test_a_plan_that_waits_or_is_approved_is_not_changed(
    ani: Person, budi: Person, kept_here: User, signed_in: SignedIn
) -> None:
    plan = make_plan(ani)
    key = result_keys(plan)[0]
    hand_in_plan(ani, plan)
    client = signed_in(ani.user)
    address = f"/skp/rencana/{plan.uid}/rhk/{key}/"
    assert client.get(address).headers["Location"] == f"/skp/rencana/{plan.uid}/"
    refused = client.post(f"{address}hapus/")
    assert refused.status_code == 409
    assert "sudah diajukan atau disetujui" in refused.content.decode()
    assert WorkResult.objects.filter(plan=plan).count() == 1


def test_what_waits_is_taken_back_as_a_draft(ani: Person, budi: Person, kept_here: User, signed_in: SignedIn) -> None:
    plan = make_plan(ani)
    hand_in_plan(ani, plan)
    assert signed_in(ani.user).post(f"/skp/rencana/{plan.uid}/tarik/").status_code == 302
    plan.refresh_from_db()
    assert plan.state == Plan.State.DRAFT
    assert not ApprovalRequest.objects.waiting().exists()


def test_a_new_version_keeps_the_keys_and_replaces_the_old_one_when_approved(
    ani: Person, budi: Person, kept_here: User
) -> None:
    first = approve_plan(ani, make_plan(ani), budi)
    renewed = start_new_version(employee=ani.employee, uid=first.uid, actor=ani.user)
    assert (renewed.version, renewed.state) == (2, Plan.State.DRAFT)
    assert start_new_version(employee=ani.employee, uid=first.uid, actor=ani.user) == renewed
    assert result_keys(renewed) == result_keys(first)
    assert Plan.objects.in_force().get() == first
    save_result(
        employee=ani.employee,
        plan_uid=renewed.uid,
        entry=ResultInput("tambahan", "Arsip tertata", [QUALITY]),
        actor=ani.user,
    )
    approve_plan(ani, renewed, budi)
    first.refresh_from_db()
    assert first.state == Plan.State.REPLACED
    assert Plan.objects.in_force().get() == renewed
    assert first.results.count() == 1
    assert AuditEvent.objects.filter(action="skp.plan_submitted").count() == 2


def test_a_recalled_approval_puts_the_version_before_back_in_force(ani: Person, budi: Person, kept_here: User) -> None:
    first = approve_plan(ani, make_plan(ani), budi)
    renewed = approve_plan(ani, start_new_version(employee=ani.employee, uid=first.uid, actor=ani.user), budi)
    request = ApprovalRequest.objects.get(document_uid=renewed.uid)
    recall(request_uids=[request.uid], note="Salah angka", actor=budi.user)
    first.refresh_from_db()
    renewed.refresh_from_db()
    assert (first.state, renewed.state) == (Plan.State.APPROVED, Plan.State.RETURNED)


def test_an_undone_approval_leaves_the_plan_waiting_and_the_version_before_in_force(
    ani: Person, budi: Person, kept_here: User
) -> None:
    first = approve_plan(ani, make_plan(ani), budi)
    # Not in the moment of the first approval, which would be undone with it.
    with clock.at(LAST_DAY + timedelta(minutes=5)):
        renewed = approve_plan(ani, start_new_version(employee=ani.employee, uid=first.uid, actor=ani.user), budi)
        request = ApprovalRequest.objects.get(document_uid=renewed.uid)
        undone = undo_approvals(decided_at=request.decisions.get().decided_at, actor=budi.user)
    assert undone.stays == []
    first.refresh_from_db()
    renewed.refresh_from_db()
    request.refresh_from_db()
    assert (first.state, renewed.state) == (Plan.State.APPROVED, Plan.State.SUBMITTED)
    decide(request_uids=[request.uid], verdict="approved", stages={request.uid: request.stage}, actor=budi.user)
    renewed.refresh_from_db()
    assert renewed.state == Plan.State.APPROVED


def test_an_approval_by_which_a_period_is_reported_is_not_recalled(ani: Person, budi: Person, kept_here: User) -> None:
    plan = approve_plan(ani, make_plan(ani), budi)
    realise(ani, plan, hand_in=False)
    request = ApprovalRequest.objects.get(document_uid=plan.uid)
    with pytest.raises(NotRecallable):
        recall(request_uids=[request.uid], note="Salah angka", actor=budi.user)


def test_a_result_is_derived_from_one_of_the_superior_in_force(
    ani: Person, budi: Person, kept_here: User, office: Office, signed_in: SignedIn
) -> None:
    chief = make_user(make_nip(150), "Hasan", "asn", "atasan")
    make_employee("Hasan", office.head, user=chief)
    theirs = make_plan(budi)
    client = signed_in(ani.user)
    plan = make_plan(ani)
    address = f"/skp/rencana/{plan.uid}/rhk/baru/"
    fields = {"statement": "Data terkumpul", "kind": "utama", **indicator_fields(REPORT_ROW)}
    key = result_keys(theirs)[0]
    early = client.post(address, {**fields, "derived_from": key})
    assert early.status_code == 422
    request = hand_in_plan(budi, theirs)
    decide(request_uids=[request.uid], verdict="approved", actor=chief)
    assert client.post(address, {**fields, "derived_from": key}).status_code == 302
    line = WorkResult.objects.get(plan=plan, statement="Data terkumpul")
    assert line.derived_from is not None
    assert line.derived_from.plan == theirs
    page = client.get(f"/skp/rencana/{plan.uid}/").content.decode()
    assert "Mendukung hasil kerja Budi: Laporan bulanan tersusun" in page


def test_a_result_needs_an_indicator_and_a_figure_its_unit(ani: Person, kept_here: User, signed_in: SignedIn) -> None:
    plan = make_plan(ani)
    client = signed_in(ani.user)
    address = f"/skp/rencana/{plan.uid}/rhk/baru/"
    rhk = {"statement": "Arsip tertata", "kind": "utama", "derived_from": ""}
    none = client.post(address, {**rhk, **indicator_fields({}, {})})
    assert none.status_code == 422
    assert "Isi paling sedikit satu indikator." in none.content.decode()
    no_unit = client.post(address, {**rhk, **indicator_fields({**REPORT_ROW, "unit": ""})})
    assert "Isi satuannya." in no_unit.content.decode()
    wrong = client.post(address, {**rhk, **indicator_fields({**REPORT_ROW, "period_target": "banyak"})})
    assert "Isi dengan angka" in wrong.content.decode()
    assert "Arsip tertata" in wrong.content.decode()
    assert plan.results.count() == 1


def test_a_changed_indicator_keeps_its_key_and_a_ticked_one_goes(
    ani: Person, kept_here: User, signed_in: SignedIn
) -> None:
    plan = make_plan(ani, ResultInput("utama", "Laporan tersusun", [REPORTS, QUALITY]))
    line = plan.results.get()
    first, second = line.indicators.order_by("number")
    rows = (
        {"key": str(first.key), **REPORT_ROW, "statement": "Laporan tepat waktu"},
        {
            "key": str(second.key),
            "aspect": "kualitas",
            "statement": second.statement,
            "target": "Semua",
            "DELETE": "on",
        },
    )
    answer = signed_in(ani.user).post(
        f"/skp/rencana/{plan.uid}/rhk/{line.key}/",
        {"statement": "Laporan tersusun", "kind": "utama", "derived_from": "", **indicator_fields(*rows, known=2)},
    )
    assert answer.status_code == 302
    kept = Indicator.objects.get(result=line)
    assert (kept.key, kept.statement) == (first.key, "Laporan tepat waktu")


def test_the_quantitative_model_needs_a_figure_for_each_indicator(
    budi: Person, office: Office, kept_here: User, signed_in: SignedIn
) -> None:
    head = Person(
        user := make_user(make_nip(151), "Hasan", "asn", "atasan"), make_employee("Hasan", office.head, user=user)
    )
    client = signed_in(head.user)
    refused = client.post("/skp/rencana/baru/", {"position": office.head.uid, "year": "2026", "model": "kualitatif"})
    assert "Pimpinan tinggi memakai model kuantitatif." in refused.content.decode()
    plan = make_plan(head, ResultInput("utama", "Kinerja dinas", [QUALITY]), model="kuantitatif")
    answer = client.post(f"/skp/rencana/{plan.uid}/ajukan/", follow=True)
    assert "Model kuantitatif memerlukan angka target" in answer.content.decode()
    assert not ApprovalRequest.objects.exists()


def test_a_second_plan_for_the_same_post_and_year_is_refused(ani: Person, kept_here: User, signed_in: SignedIn) -> None:
    make_plan(ani)
    post = ani.employee.placements.get().position
    answer = signed_in(ani.user).post(
        "/skp/rencana/baru/", {"position": post.uid, "year": "2026", "model": "kualitatif"}
    )
    assert answer.status_code == 422
    assert "sudah ada" in answer.content.decode()
    assert Plan.objects.count() == 1


def test_the_database_holds_one_open_version(ani: Person, kept_here: User) -> None:
    plan = make_plan(ani)
    with pytest.raises(IntegrityError, match="plan_one_open"), transaction.atomic():
        Plan.objects.create(
            employee=ani.employee, year=2026, position=plan.position, version=2, model=Plan.Model.QUALITATIVE
        )


def test_no_plan_is_made_while_the_region_takes_its_ratings_from_bkn(
    ani: Person, last_day: None, signed_in: SignedIn
) -> None:
    post = ani.employee.placements.get().position
    client = signed_in(ani.user)
    answer = client.post("/skp/rencana/baru/", {"position": post.uid, "year": "2026", "model": "kualitatif"})
    assert answer.status_code == 422
    assert "e-Kinerja BKN" in answer.content.decode()
    assert "SKP disusun di e-Kinerja BKN" in client.get("/skp/").content.decode()


def test_who_may_read_a_plan(
    ani: Person,
    budi: Person,
    dedi: Person,
    kept_here: User,
    office: Office,
    with_role: Callable[..., User],
    signed_in: SignedIn,
) -> None:
    plan = make_plan(ani)
    address = f"/skp/rencana/{plan.uid}/"
    for reader in (budi.user, with_role("inspektorat")):
        assert signed_in(reader).get(address).status_code == 404, "a draft is its owner's alone"
    hand_in_plan(ani, plan)
    for reader in (ani.user, budi.user, with_role("inspektorat"), with_role("operator_opd", opd=office.opd)):
        assert signed_in(reader).get(address).status_code == 200
    assert signed_in(dedi.user).get(address).status_code == 404


def test_a_vacant_superior_and_a_plt_are_followed(ani: Person, budi: Person, office: Office, kept_here: User) -> None:
    head = make_employee("Hasan", office.head)
    Placement.objects.filter(employee=budi.employee).update(period=DateRange(date(2024, 1, 1), date(2026, 11, 1)))
    plan = make_plan(ani)
    assert hand_in_plan(ani, plan).approver == head
    withdraw_plan(employee=ani.employee, uid=plan.uid, actor=ani.user)
    acting = make_employee("Wati", make_position(office.unit, "P-77", "Analis", superior=office.head))
    Placement.objects.create(
        employee=acting, position=office.section_head, kind="plt", period=DateRange(date(2026, 11, 1), None)
    )
    assert hand_in_plan(ani, plan).approver == acting


def test_the_own_page_takes_as_many_statements_for_many_periods_as_for_one(
    ani: Person, budi: Person, kept_here: User, signed_in: SignedIn
) -> None:
    plan = approve_plan(ani, make_plan(ani), budi)
    client = signed_in(ani.user)
    realise(ani, plan)
    assert_query_count("skp.own", lambda: client.get("/skp/"))
    for month in ("2026-09", "2026-10"):
        realise(ani, plan, period=RatingPeriod.parse(month))
        rate(ani, plan, budi, period=RatingPeriod.parse(month))
    assert_query_count("skp.own", lambda: client.get("/skp/"))


@pytest.mark.parametrize(
    ("typed", "figure"),
    [
        ("1.250", "1250"),
        ("1.250,5", "1250.5"),
        ("1,250.5", "1250.5"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("80 %", "80"),
    ],
)
def test_a_target_is_read_as_the_page_writes_figures(typed: str, figure: str) -> None:
    assert FigureField().clean(typed) == Decimal(figure)


@pytest.mark.parametrize("typed", ["1.25.0", "banyak", "1,2,3"])
def test_a_target_that_is_no_figure_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="misalnya 12 atau 12,5"):
        FigureField().clean(typed)
