"""The queue, one punch, and what its owner sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.accounts.models import User
from kernel.testing.queries import assert_query_count
from tenants.places.actions import assign_place
from tenants.punch_review.configuring import selfie_rule
from tenants.punch_review.following import weights
from tenants.punch_review.models import PunchVerdict, ReviewItem
from tenants.punch_review.verdicts import reject_punch
from tenants.punches.models import Punch
from tests.cast import Office, Person, make_opd
from tests.tenants.attendance.week import MONDAY, at, on
from tests.tenants.places.spots import SINCE, make_spot
from tests.tenants.punch_review.odd import MORNING, make_doubtful, make_punch, scored

ASK: dict[str, Any] = {"urlconf": "config.urls_region"}
QUEUE = reverse("punch-review-queue", **ASK)


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def reviewer(signed_in: Callable[..., Client], bkpsdm: User) -> Client:
    return signed_in(bkpsdm)


@pytest.fixture
def doubtful(ani: Person) -> Punch:
    punch = make_doubtful(ani.employee)
    scored()
    return punch


def page_of(punch: Punch, name: str = "punch-review-one") -> str:
    return reverse(name, args=[punch.pk], **ASK)


def test_the_oddest_stands_first(reviewer: Client, ani: Person, budi: Person) -> None:
    mild = make_doubtful(ani.employee)
    grave = make_doubtful(budi.employee, accuracy_m=0)
    scored()
    rows = reviewer.get(QUEUE).context["rows"]
    assert [(row["punch"], row["item"].score) for row in rows] == [(grave, 35), (mild, 20)]


def test_the_queue_costs_the_same_however_many_wait(reviewer: Client, ani: Person) -> None:
    for minutes in range(12):
        make_doubtful(ani.employee, MORNING + timedelta(minutes=minutes))
    scored(MORNING + timedelta(minutes=12))
    answer = assert_query_count("punch_review.queue", lambda: reviewer.get(QUEUE))
    assert len(answer.context["rows"]) == 12


def test_many_are_accepted_at_once(reviewer: Client, ani: Person, budi: Person) -> None:
    punches = [make_doubtful(ani.employee), make_doubtful(budi.employee)]
    scored()
    reviewer.post(QUEUE, {"absen": [str(punch.pk) for punch in punches]})
    assert PunchVerdict.objects.filter(counts=True).count() == 2
    assert not ReviewItem.objects.waiting().exists()


def test_the_page_says_how_far_it_was_from_what(
    reviewer: Client, bkpsdm: User, ani: Person, office: Office, doubtful: Punch
) -> None:
    place = make_spot(bkpsdm, "Kantor Dinas")
    assign_place(uid=place.uid, units=[office.opd], first=SINCE, last=None, actor=bkpsdm)
    far = make_doubtful(ani.employee, MORNING + timedelta(hours=1), place=place, distance_m=412)
    scored(MORNING + timedelta(hours=1))
    page = reviewer.get(page_of(far))
    assert page.context["where"] == "412 m dari Kantor Dinas, akurasi 12 m"
    assert [shape["name"] for shape in page.context["map"]["shapes"]] == ["Kantor Dinas"]
    assert "Di luar tempat kerja" in page.content.decode()


def test_a_punch_without_a_place_has_no_map(reviewer: Client, ani: Person) -> None:
    punch = make_doubtful(ani.employee, latitude=None, longitude=None, place_error="denied")
    scored()
    page = reviewer.get(page_of(punch))
    assert (page.context["map"], page.context["where"]) == (None, "Lokasi tidak diketahui")


def test_the_owner_reads_the_reason_and_may_answer(
    reviewer: Client, signed_in: Callable[..., Client], ani: Person, doubtful: Punch
) -> None:
    reviewer.post(page_of(doubtful), {"putusan": "tolak", "reason": "Lokasi di kota lain."})
    owner = signed_in(ani.user)
    assert "Lokasi di kota lain." in owner.get(reverse("punch-review-own", **ASK)).content.decode()
    mine = page_of(doubtful, "punch-review-mine")
    owner.post(mine, {"text": "Saya sedang menjemput tamu."})
    assert "Saya sedang menjemput tamu." in owner.get(mine).content.decode()
    assert "Saya sedang menjemput tamu." in reviewer.get(page_of(doubtful)).content.decode()


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"putusan": "tolak"}, "reason", "Tulis alasannya"),
        ({"putusan": "betulkan", "reason": "Jam HP"}, "time", "Isi tanggal dan jam"),
        ({"putusan": "betulkan", "date": "2026-10-05", "time": "07:10"}, "reason", "Tulis alasannya"),
        ({"putusan": "betulkan", "reason": "Jam HP", "date": "2026-10-01", "time": "07:10"}, "time", "24 jam"),
    ],
)
def test_what_a_decision_lacks_is_said_beside_the_field(
    reviewer: Client, doubtful: Punch, values: dict[str, str], field: str, words: str
) -> None:
    with on(MONDAY, "12:00"):
        answer = reviewer.post(page_of(doubtful), values)
    assert answer.status_code == 422
    assert words in answer.context["form"].errors[field][0]
    assert not PunchVerdict.objects.exists()


def test_a_time_is_corrected_in_the_regions_own_zone(reviewer: Client, doubtful: Punch) -> None:
    values = {"putusan": "betulkan", "reason": "Jam HP salah", "date": "2026-10-05", "time": "07:10"}
    with on(MONDAY, "12:00"):
        reviewer.post(page_of(doubtful), values)
    assert PunchVerdict.objects.get().counted_at == at(MONDAY, "07:10")


def test_a_decision_is_taken_back_from_its_page(reviewer: Client, doubtful: Punch) -> None:
    reviewer.post(page_of(doubtful), {"putusan": "terima"})
    assert "Batalkan keputusan" in reviewer.get(page_of(doubtful)).content.decode()
    reviewer.post(page_of(doubtful, "punch-review-undo"))
    assert ReviewItem.objects.waiting().count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"putusan": "terima"},
        {"putusan": "tolak", "reason": "Di rumah"},
        {"putusan": "betulkan", "reason": "Jam HP", "date": "2026-10-05", "time": "07:10"},
    ],
)
def test_what_somebody_else_decided_meanwhile_stays_and_is_said(
    reviewer: Client, office: Office, with_role: Callable[..., User], doubtful: Punch, values: dict[str, str]
) -> None:
    colleague = with_role("operator_opd", opd=office.opd)
    reject_punch(uid=doubtful.pk, reason="Lokasi di kota lain.", actor=colleague)
    with on(MONDAY, "12:00"):
        page = reviewer.post(page_of(doubtful), values, follow=True).content.decode()
    assert "sudah diputuskan" in page
    assert "Lokasi di kota lain." in page
    assert [verdict.decided_by for verdict in PunchVerdict.objects.all()] == [colleague]


def test_why_a_phone_gave_no_place_is_said_in_words(reviewer: Client, ani: Person) -> None:
    punch = make_doubtful(ani.employee, latitude=None, longitude=None, place_error="denied")
    scored()
    page = reviewer.get(page_of(punch)).content.decode()
    assert "Izin lokasi tidak diberikan" in page
    assert "denied" not in page


def test_an_operator_sees_nobody_elses_people(
    signed_in: Callable[..., Client], with_role: Callable[..., User], office: Office, doubtful: Punch
) -> None:
    assert len(signed_in(with_role("operator_opd", opd=office.opd)).get(QUEUE).context["rows"]) == 1
    stranger = signed_in(with_role("operator_opd", opd=make_opd("1.02", "Dinas Kesehatan")))
    assert stranger.get(QUEUE).context["rows"] == []
    assert stranger.get(page_of(doubtful)).status_code == 404


def test_an_ordinary_punch_has_no_page(signed_in: Callable[..., Client], ani: Person) -> None:
    ordinary = make_punch(ani.employee)
    assert signed_in(ani.user).get(page_of(ordinary, "punch-review-mine")).status_code == 404


def test_weights_and_pictures_are_set_on_one_page(reviewer: Client, office: Office) -> None:
    address = reverse("punch-review-settings", **ASK)
    reviewer.post(address, {"bagian": "bobot", **weights(), "crowd": "5"})
    reviewer.post(address, {"bagian": "swafoto", "mode": "sample", "percent": "15", "keep_days": "30"})
    assert weights()["crowd"] == 5
    assert (selfie_rule().mode, selfie_rule().percent, selfie_rule().keep_days) == ("sample", 15, 30)
    lacking = reviewer.post(address, {"bagian": "swafoto", "mode": "sample", "keep_days": "30"})
    assert lacking.context["selfies"].errors["percent"] == ["Isi berapa persen absen yang diminta."]
