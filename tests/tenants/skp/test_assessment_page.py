"""The superior's assessment, its predikat, and the rating that TPP reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotFound
from kernel.periods import Month
from kernel.testing.queries import assert_query_count
from tenants.arrears.models import LateFact
from tenants.employees.models import Placement
from tenants.skp.assessments import SOURCE, assess
from tenants.skp.behaviour import VALUES
from tenants.skp.configuring import make_setting
from tenants.skp.errors import AssessmentRefused, KeptElsewhere
from tenants.skp.models import Assessment, Feedback, MonthlyRating, PeriodReport, Plan
from tenants.skp.plans import ResultInput, save_expectations
from tenants.skp.rating_periods import RatingPeriod
from tenants.skp.reports import withdraw_report
from tests.cast import Office, Person, make_employee, make_nip, make_position, make_user
from tests.closed_months import close_months
from tests.tenants.skp.planning import (
    LAST_DAY,
    NOVEMBER,
    QUARTER,
    REPORTS,
    approve_plan,
    approved_work,
    keep_here,
    make_plan,
    rate,
    realise,
    result_keys,
    says,
)

SignedIn = Callable[..., Client]
MATRIX = yaml.safe_load((Path(__file__).parents[2] / "golden/tpp/predikat_matrix.yaml").read_text())


@pytest.fixture
def plan(ani: Person, budi: Person, kept_here: User) -> Plan:
    return approve_plan(ani, make_plan(ani), budi)


def address_of(person: Person, period: str = "2026-11") -> str:
    return f"/skp/bawahan/{person.employee.uid}/{period}/"


def fields(plan: Plan, result: str = "sesuai", behaviour: str = "sesuai", score: object = 97) -> dict[str, Any]:
    return {
        **{f"achieved_{key}": "" for key in result_keys(plan)},
        **{f"behaviour_{code}": score for code in VALUES},
        "result_rating": result,
        "behaviour_rating": behaviour,
        "feedback": "Pertahankan",
    }


@pytest.mark.parametrize("cell", MATRIX, ids=[cell["name"] for cell in MATRIX])
def test_each_cell_of_the_matrix_gives_its_predikat_through_the_page(
    ani: Person, budi: Person, plan: Plan, signed_in: SignedIn, cell: dict[str, str]
) -> None:
    realise(ani, plan)
    answer = signed_in(budi.user).post(address_of(ani), fields(plan, cell["hasil"], cell["perilaku"]))
    assert answer.status_code == 302
    rating = MonthlyRating.objects.get()
    assert (rating.employee, rating.month, rating.predikat) == (ani.employee, date(2026, 11, 1), cell["predikat"])


def test_the_rating_of_the_month_carries_what_the_figures_and_scores_give(
    ani: Person, budi: Person, plan: Plan, signed_in: SignedIn
) -> None:
    realise(ani, plan, "3")
    client = signed_in(budi.user)
    page = client.get(address_of(ani)).content.decode()
    assert "Kosongkan untuk memakai 75% dari angka realisasi." in page
    assert "Ekspektasi Harmonis" in page
    answer = client.post(address_of(ani), fields(plan), follow=True)
    assert "Ani dinilai Baik untuk November 2026." in answer.content.decode()
    rating = MonthlyRating.objects.get()
    assert (rating.skp_percent, rating.behaviour_sum, rating.source) == (Decimal(75), 679, SOURCE)


def test_words_of_the_owner_reach_the_superior_as_words(
    ani: Person, budi: Person, kept_here: User, signed_in: SignedIn
) -> None:
    plan = make_plan(ani, ResultInput("utama", "<b>Laporan</b>", [replace(REPORTS, statement="<i>Jumlah</i>")]))
    words = dict.fromkeys(VALUES, "<script>alert(1)</script>")
    save_expectations(employee=ani.employee, plan_uid=plan.uid, expectations=words, actor=ani.user)
    realise(ani, approve_plan(ani, plan, budi))
    page = signed_in(budi.user).get(address_of(ani)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>Laporan" not in page
    assert "<i>Jumlah" not in page


def test_the_superior_may_say_another_achievement_than_the_figures(
    ani: Person, budi: Person, plan: Plan, signed_in: SignedIn
) -> None:
    realise(ani, plan, "3")
    own = {f"achieved_{result_keys(plan)[0]}": "82,5"}
    assert signed_in(budi.user).post(address_of(ani), {**fields(plan), **own}).status_code == 302
    assert MonthlyRating.objects.get().skp_percent == Decimal("82.5")


def test_missing_answers_stand_beside_their_fields_and_nothing_is_kept(
    ani: Person, budi: Person, plan: Plan, signed_in: SignedIn
) -> None:
    realise(ani, plan)
    entered = {**fields(plan), "behaviour_loyal": "101", "result_rating": ""}
    answer = signed_in(budi.user).post(address_of(ani), entered)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"behaviour_loyal", "result_rating"}
    assert "Pertahankan" in answer.content.decode()
    assert not Assessment.objects.exists()
    assert not MonthlyRating.objects.exists()


def test_evidence_of_the_period_stands_on_the_page(ani: Person, budi: Person, plan: Plan, signed_in: SignedIn) -> None:
    realise(ani, plan)
    approved_work(ani.employee, result_keys(plan)[0], "Rekap bulanan", on=date(2026, 11, 5))
    page = signed_in(budi.user).get(address_of(ani)).content.decode()
    assert "Rekap bulanan" in page
    assert "1 aktivitas disetujui, 30 menit" in page


def test_before_it_is_handed_in_only_a_period_that_is_over_is_assessed(
    ani: Person, budi: Person, plan: Plan, signed_in: SignedIn
) -> None:
    realise(ani, plan, hand_in=False)
    client = signed_in(budi.user)
    page = client.get(address_of(ani)).content.decode()
    assert "setelah pegawai menyerahkannya" in page
    assert "Simpan penilaian" not in page
    refused = client.post(address_of(ani), fields(plan))
    assert refused.status_code == 422
    assert "belum menyerahkan realisasi" in refused.content.decode()
    with clock.at(datetime(2026, 12, 2, 3, 0, tzinfo=UTC)):
        later = signed_in(budi.user)
        assert "Periode sudah berakhir" in later.get(address_of(ani)).content.decode()
        assert later.post(address_of(ani), fields(plan)).status_code == 302
    assert PeriodReport.objects.get().state == PeriodReport.State.ASSESSED


def test_without_a_plan_nobody_is_assessed(ani: Person, budi: Person, kept_here: User, signed_in: SignedIn) -> None:
    client = signed_in(budi.user)
    assert "Tanpa rencana tidak ada yang dapat dinilai" in client.get(address_of(ani)).content.decode()
    with pytest.raises(AssessmentRefused, match="no_plan"):
        assess(
            employee_uid=ani.employee.uid,
            period=NOVEMBER,
            entry=says(make_plan(ani)),
            actor=budi.user,
        )


def test_nobody_assesses_themselves(ani: Person, budi: Person, plan: Plan, signed_in: SignedIn) -> None:
    realise(ani, plan)
    assert signed_in(ani.user).get(address_of(ani)).status_code == 404
    with pytest.raises(AssessmentRefused, match="own"):
        rate(ani, plan, ani)


def test_the_database_refuses_a_self_rating(ani: Person, budi: Person, plan: Plan) -> None:
    realise(ani, plan)
    stands = rate(ani, plan, budi)
    with pytest.raises(IntegrityError, match="assessment_not_by_owner"), transaction.atomic():
        Assessment.objects.filter(pk=stands.pk).update(assessed_by=ani.user)
    with pytest.raises(IntegrityError, match="feedback_not_by_owner"), transaction.atomic():
        Feedback.objects.create(employee=ani.employee, author=ani.user, owner_user=ani.user, text="Hebat")


def test_only_the_superior_of_the_day_assesses(
    ani: Person, budi: Person, citra: Person, office: Office, plan: Plan, signed_in: SignedIn
) -> None:
    realise(ani, plan)
    assert signed_in(citra.user).get(address_of(ani)).status_code == 404
    with pytest.raises(NotFound):
        rate(ani, plan, citra)
    Placement.objects.filter(employee=budi.employee).update(period=DateRange(date(2024, 1, 1), date(2026, 11, 1)))
    user = make_user(make_nip(160), "Hasan", "asn", "atasan")
    head = Person(user, make_employee("Hasan", office.head, user=user))
    with pytest.raises(NotFound):
        rate(ani, plan, budi)
    assert signed_in(head.user).get(address_of(ani)).status_code == 200, "a vacant post is passed over"
    user = make_user(make_nip(161), "Wati", "asn")
    post = make_position(office.unit, "P-78", "Analis", superior=office.head)
    acting = Person(user, make_employee("Wati", post, user=user))
    Placement.objects.create(
        employee=acting.employee, position=office.section_head, kind="plt", period=DateRange(date(2026, 11, 1), None)
    )
    assert rate(ani, plan, acting).assessed_by == acting.user, "a Plt counts"


def test_the_head_of_the_region_assesses_who_has_no_superior(
    budi: Person, office: Office, kept_here: User, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    top = with_role("kepala_daerah")
    client = signed_in(top)
    page = client.get("/skp/bawahan/").content.decode()
    assert "Budi" in page, "the post above is vacant"
    user = make_user(make_nip(162), "Hasan", "asn", "atasan")
    make_employee("Hasan", office.head, user=user)
    page = client.get("/skp/bawahan/").content.decode()
    assert "Hasan" in page
    assert "Budi" not in page
    assert client.get(address_of(budi)).status_code == 404


def test_three_levels_give_a_predikat_without_a_sum(
    ani: Person, budi: Person, last_day: None, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    keep_here(with_role("bkpsdm"), behaviour="levels")
    plan = approve_plan(ani, make_plan(ani), budi)
    realise(ani, plan)
    client = signed_in(budi.user)
    assert client.post(address_of(ani), fields(plan, score="97")).status_code == 422
    answer = client.post(address_of(ani), fields(plan, "di_atas", "di_atas", score="di_atas"), follow=True)
    assert "Di atas ekspektasi" in answer.content.decode()
    rating = MonthlyRating.objects.get()
    assert (rating.predikat, rating.behaviour_sum) == ("sangat_baik", None)


def test_a_quarter_is_the_rating_of_each_of_its_open_months(
    ani: Person,
    budi: Person,
    last_day: None,
    with_role: Callable[..., User],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep_here(with_role("bkpsdm"), months=3)
    plan = approve_plan(ani, make_plan(ani), budi)
    close_months(monkeypatch, Month(2026, 10))
    with clock.at(datetime(2026, 12, 31, 3, 0, tzinfo=UTC)):
        realise(ani, plan, period=QUARTER)
        stands = rate(ani, plan, budi, period=QUARTER)
    assert stands.months == ["2026-10", "2026-11", "2026-12"]
    assert [f"{rating.month:%Y-%m}" for rating in MonthlyRating.objects.order_by("month")] == stands.months
    late = LateFact.objects.get()
    assert (late.employee, late.of_month, late.what) == (ani.employee, date(2026, 10, 1), "Nilai SKP")


def test_what_a_closed_month_counted_is_not_reopened(
    ani: Person, budi: Person, plan: Plan, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    realise(ani, plan)
    rate(ani, plan, budi)
    close_months(monkeypatch, Month(2026, 11))
    answer = signed_in(budi.user).post(f"{address_of(ani)}buka/", {"reason": "Salah isi"})
    assert answer.status_code == 422
    assert "sudah dikunci" in answer.content.decode()
    assert MonthlyRating.objects.count() == 1
    page = signed_in(budi.user).get(f"/skp/penilaian/{PeriodReport.objects.get().uid}/").content.decode()
    assert "Buka kembali" not in page


def test_reopening_keeps_history_and_the_new_assessment_counts(
    ani: Person, budi: Person, kept_here: User, signed_in: SignedIn
) -> None:
    thirds = replace(REPORTS, period_target=Decimal(9))
    plan = approve_plan(ani, make_plan(ani, ResultInput("utama", "Laporan", [thirds])), budi)
    realise(ani, plan, "4")
    rate(ani, plan, budi, behaviour="di_bawah")
    assert MonthlyRating.objects.get().predikat == "kurang"
    client = signed_in(budi.user)
    assert client.get(f"{address_of(ani)}buka/").status_code == 200
    assert client.post(f"{address_of(ani)}buka/", {"reason": ""}).status_code == 422
    answer = client.post(f"{address_of(ani)}buka/", {"reason": "Keliru menilai perilaku"})
    assert answer.headers["Location"] == address_of(ani)
    assert not MonthlyRating.objects.exists()
    page = client.get(address_of(ani)).content.decode()
    assert "Keliru menilai perilaku" in page
    assert 'value="97"' in page
    shown = {field.name: field.value() for field in client.get(address_of(ani)).context["form"]}
    shown = {name: "" if value is None else value for name, value in shown.items()} | {"behaviour_rating": "sesuai"}
    assert client.post(address_of(ani), shown).status_code == 302, "the page posts back what it shows"
    assert MonthlyRating.objects.get().predikat == "baik"
    own = signed_in(ani.user).get(f"/skp/penilaian/{PeriodReport.objects.get().uid}/").content.decode()
    assert "Keliru menilai perilaku" in own
    assert Assessment.objects.count() == 2
    assert list(
        AuditEvent.objects.filter(action__startswith="skp.assess").order_by("pk").values_list("action", flat=True)
    ) == [
        "skp.assessed",
        "skp.assessment_reopened",
        "skp.assessed",
    ]


def test_the_same_click_twice_is_one_assessment_and_another_one_is_refused(
    ani: Person, budi: Person, plan: Plan, signed_in: SignedIn
) -> None:
    realise(ani, plan)
    client = signed_in(budi.user)
    assert client.post(address_of(ani), fields(plan)).status_code == 302
    assert client.post(address_of(ani), fields(plan)).status_code == 302
    assert Assessment.objects.count() == 1
    other = client.post(address_of(ani), fields(plan, "di_atas"))
    assert other.status_code == 422
    assert "Periode ini sudah dinilai" in other.content.decode()
    assert MonthlyRating.objects.get().predikat == "baik"


def test_where_bkn_rates_nothing_is_assessed_here(
    ani: Person, budi: Person, plan: Plan, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    make_setting(
        valid_from=date(2027, 1, 1), source="bkn", months_per_period=1, behaviour="scores", actor=with_role("bkpsdm")
    )
    page = signed_in(budi.user).get(address_of(ani, "2027-01")).content.decode()
    assert "Periode ini dinilai di e-Kinerja BKN" in page
    with pytest.raises(KeptElsewhere):
        assess(
            employee_uid=ani.employee.uid,
            period=RatingPeriod.parse("2027-01"),
            entry=says(plan),
            actor=budi.user,
        )


def test_who_may_read_an_assessment(
    ani: Person, budi: Person, dedi: Person, plan: Plan, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    realise(ani, plan)
    rate(ani, plan, budi)
    address = f"/skp/penilaian/{PeriodReport.objects.get().uid}/"
    for reader in (ani.user, budi.user, with_role("inspektorat")):
        assert signed_in(reader).get(address).status_code == 200
    assert signed_in(dedi.user).get(address).status_code == 404


def test_the_assessment_page_takes_as_many_statements_for_much_evidence_as_for_little(
    ani: Person, budi: Person, plan: Plan, signed_in: SignedIn
) -> None:
    realise(ani, plan)
    client = signed_in(budi.user)
    assert_query_count("skp.assess", lambda: client.get(address_of(ani)))
    for day in range(1, 12):
        approved_work(ani.employee, result_keys(plan)[0], f"Kerja {day}", on=date(2026, 11, day))
    assert_query_count("skp.assess", lambda: client.get(address_of(ani)))


def test_a_realisation_that_was_exchanged_under_the_open_page_is_not_assessed_unseen(
    ani: Person, budi: Person, plan: Plan, signed_in: SignedIn
) -> None:
    realise(ani, plan, "1")
    client = signed_in(budi.user)
    seen = re.findall(r'name="dilihat" value="([^"]+)"', client.get(address_of(ani)).content.decode())[0]
    with clock.at(LAST_DAY + timedelta(minutes=5)):
        withdraw_report(employee=ani.employee, period=NOVEMBER, actor=ani.user)
        realise(ani, plan, "4")
    answer = client.post(address_of(ani), {**fields(plan), "dilihat": seen})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "diserahkan lagi sesudah Anda membuka halaman ini" in page
    assert "100%" in page
    assert not MonthlyRating.objects.exists()
    again = re.findall(r'name="dilihat" value="([^"]+)"', page)[0]
    assert client.post(address_of(ani), {**fields(plan), "dilihat": again}).status_code == 302
    assert MonthlyRating.objects.get().skp_percent == 100
