"""Pictures that come with punches: made anew, seen by few, thrown away in time, never asked for in vain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.models import StoredFile
from tenants.punch_review.configuring import selfie_rule, set_selfie_rule
from tenants.punch_review.models import PunchSignal, Selfie, SelfieRule
from tenants.punch_review.selfies import (
    MOST_BYTES,
    excuse_selfie,
    is_due,
    keep_selfie,
    make_selfie,
    note_missing,
    policy_part,
    remove_old,
)
from tenants.punch_review.wording import evidence_words
from tenants.punches.drawing import draw
from tenants.punches.models import Punch
from tests.cast import Person
from tests.tenants.attendance.week import MONDAY, at
from tests.tenants.punch_review.odd import MORNING, make_doubtful, make_punch, picture_upload, scored


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def punch(ani: Person) -> Punch:
    return make_punch(ani.employee)


def sent(client: Client, punch: Punch, upload: object) -> tuple[int, dict[str, str]]:
    address = reverse("punch-review-selfie", args=[punch.pk], urlconf="config.urls_region")
    answer = client.post(address, {"photo": upload}, headers={"Accept": "application/json"})
    return answer.status_code, answer.json()


def test_a_picture_is_made_anew_and_what_was_sent_is_gone(
    signed_in: Callable[..., Client], ani: Person, punch: Punch, run_outbox: Callable[[], int]
) -> None:
    assert sent(signed_in(ani.user), punch, picture_upload(taken="2026:10:05 07:24:31")) == (202, {"state": "kept"})
    original = StoredFile.objects.get(purpose="selfie_sent")
    run_outbox()
    selfie = Selfie.objects.select_related("file").get()
    assert (selfie.state, selfie.taken_at) == ("kept", at(MONDAY, "07:24:31"))
    assert selfie.file is not None
    with default_storage.open(selfie.file.path) as file, Image.open(file) as made:
        assert (made.format, max(made.size), len(made.getexif())) == ("JPEG", 720, 0)
        assert b"Kamera" not in made.tobytes() + b"".join(str(value).encode() for value in made.info.values())
    assert not StoredFile.objects.filter(pk=original.pk).exists()


def test_the_same_picture_sent_again_changes_nothing(
    signed_in: Callable[..., Client], ani: Person, punch: Punch, run_outbox: Callable[[], int]
) -> None:
    client = signed_in(ani.user)
    sent(client, punch, picture_upload())
    run_outbox()
    assert sent(client, punch, picture_upload("red")) == (202, {"state": "known"})
    assert run_outbox() == 0
    make_selfie(punch.pk)
    assert Selfie.objects.count() == StoredFile.objects.filter(purpose="selfie").count() == 1


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"%PDF-1.4 ", 422, "content"), (b"", 422, "empty"), (b"\xff\xd8\xff" + bytes(MOST_BYTES), 413, "too_large")],
)
def test_what_is_no_picture_or_too_large_is_said(
    signed_in: Callable[..., Client], ani: Person, punch: Punch, content: bytes, status: int, code: str
) -> None:
    answer = sent(signed_in(ani.user), punch, SimpleUploadedFile("foto.jpg", content))
    assert (answer[0], answer[1]["code"]) == (status, code)
    assert not Selfie.objects.exists()


def test_what_only_begins_like_a_picture_is_seen_by_nobody(
    ani: Person, punch: Punch, run_outbox: Callable[[], int]
) -> None:
    keep_selfie(uid=punch.pk, upload=SimpleUploadedFile("x.jpg", b"\xff\xd8\xff<script>"), actor=ani.user)
    run_outbox()
    selfie = Selfie.objects.get()
    assert (selfie.state, selfie.file) == ("unreadable", None)
    assert [stored.scan for stored in StoredFile.objects.all()] == ["quarantined"]


def test_a_picture_of_too_many_pixels_is_not_opened(ani: Person, punch: Punch, run_outbox: Callable[[], int]) -> None:
    keep_selfie(uid=punch.pk, upload=picture_upload(size=(41_000, 1000)), actor=ani.user)
    run_outbox()
    assert Selfie.objects.get().state == "unreadable"


def test_a_picture_belongs_to_an_own_punch(budi: Person, punch: Punch) -> None:
    with pytest.raises(NotFound):
        keep_selfie(uid=punch.pk, upload=picture_upload(), actor=budi.user)


def test_a_picture_that_came_before_is_a_signal(
    ani: Person, budi: Person, punch: Punch, run_outbox: Callable[[], int]
) -> None:
    theirs = make_punch(budi.employee, MORNING + timedelta(minutes=1))
    keep_selfie(uid=punch.pk, upload=picture_upload(), actor=ani.user)
    keep_selfie(uid=theirs.pk, upload=picture_upload(), actor=budi.user)
    run_outbox()
    found = PunchSignal.objects.filter(code="selfie_repeated").values_list("punch", flat=True)
    assert theirs.pk in found


def test_only_its_person_and_who_decides_see_a_picture(
    signed_in: Callable[..., Client], ani: Person, budi: Person, bkpsdm: User, run_outbox: Callable[[], int]
) -> None:
    punch = make_doubtful(ani.employee)
    scored()
    keep_selfie(uid=punch.pk, upload=picture_upload(), actor=ani.user)
    waiting = StoredFile.objects.get()
    address = reverse("files-read", args=[waiting.uid], urlconf="config.urls_region")
    assert signed_in(ani.user).get(address).status_code == 404
    run_outbox()
    made = StoredFile.objects.get()
    address = reverse("files-read", args=[made.uid], urlconf="config.urls_region")
    answers = [signed_in(user).get(address) for user in (ani.user, bkpsdm, budi.user)]
    for answer in answers:
        answer.close()
    assert [answer.status_code for answer in answers] == [302, 302, 404]


def test_pictures_are_thrown_away_after_the_regions_days(
    ani: Person, punch: Punch, bkpsdm: User, run_outbox: Callable[[], int]
) -> None:
    set_selfie_rule(mode="always", percent=0, keep_days=30, actor=bkpsdm)
    with clock.at(MORNING):
        keep_selfie(uid=punch.pk, upload=picture_upload(), actor=ani.user)
        run_outbox()
    with clock.at(MORNING + timedelta(days=29)):
        assert remove_old() == 0
    with clock.at(MORNING + timedelta(days=31)):
        assert remove_old() == 1
    assert Selfie.objects.get().state == "removed"
    assert not StoredFile.objects.exists()


def test_the_sample_is_what_the_server_drew_and_the_answer_told() -> None:
    rule = SelfieRule(mode="sample", percent=10)
    punches = [UUID(int=number) for number in range(500)]
    assert [punch for punch in punches if is_due(rule, punch)] == [punch for punch in punches if draw(punch) < 10]
    assert is_due(SelfieRule(mode="always"), UUID(int=99))
    assert not is_due(SelfieRule(mode="off", percent=100), UUID(int=0))


def test_the_phone_is_told_the_rule(ani: Person, bkpsdm: User) -> None:
    assert (selfie_rule().mode, policy_part(ani.employee)["mode"]) == ("off", "off")
    set_selfie_rule(mode="sample", percent=20, keep_days=30, actor=bkpsdm)
    part = policy_part(ani.employee)
    assert (part["mode"], part["percent"], part["send_to"]) == ("sample", 20, "/absen/swafoto/")
    assert part["since"] == selfie_rule().set_at.isoformat()


def test_the_phone_is_told_what_needs_no_picture_any_more(ani: Person, bkpsdm: User) -> None:
    with clock.at(MORNING - timedelta(hours=1)):
        set_selfie_rule(mode="always", percent=0, keep_days=30, actor=bkpsdm)
    first, second, _third = (make_punch(ani.employee, MORNING + timedelta(hours=n)) for n in range(3))
    with clock.at(MORNING + timedelta(hours=3)):
        keep_selfie(uid=first.pk, upload=picture_upload(), actor=ani.user)
        excuse_selfie(uid=second.pk, reason="camera", actor=ani.user)
        assert sorted(policy_part(ani.employee)["done"]) == sorted([str(first.pk), str(second.pk)])
    with clock.at(MORNING + timedelta(days=3)):
        assert policy_part(ani.employee)["done"] == []


def test_who_cannot_take_a_picture_says_why_and_who_looks_at_punches_reads_it(
    signed_in: Callable[..., Client], ani: Person, punch: Punch
) -> None:
    client = signed_in(ani.user)
    address = reverse("punch-review-selfie", args=[punch.pk], urlconf="config.urls_region")
    answers = [client.post(address, {"reason": "camera"}, headers={"Accept": "application/json"}) for _ in range(2)]
    assert [answer.json() for answer in answers] == [{"state": "kept"}, {"state": "known"}]
    found = PunchSignal.objects.get()
    assert (found.punch, found.code) == (punch, "selfie_missing")
    assert "Kamera rusak atau tidak ada" in evidence_words(found.code, found.evidence)


def test_a_reason_that_nobody_knows_is_none(signed_in: Callable[..., Client], ani: Person, punch: Punch) -> None:
    address = reverse("punch-review-selfie", args=[punch.pk], urlconf="config.urls_region")
    answer = signed_in(ani.user).post(address, {"reason": "malas"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "empty")
    assert not Selfie.objects.exists()


def test_a_picture_may_follow_a_reason(ani: Person, punch: Punch, run_outbox: Callable[[], int]) -> None:
    excuse_selfie(uid=punch.pk, reason="refused", actor=ani.user)
    assert keep_selfie(uid=punch.pk, upload=picture_upload(), actor=ani.user)[1]
    run_outbox()
    assert (Selfie.objects.get().state, Selfie.objects.get().reason) == ("kept", "")


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ("2026-10-05T07:24:10+08:00", "07:24:10"),
        ("2026-10-05T07:24:10", None),
        ("2026-10-05T19:00:00+08:00", None),
        ("tadi pagi", None),
    ],
)
def test_a_picture_without_a_note_of_its_camera_was_taken_when_the_phone_says_so(
    signed_in: Callable[..., Client],
    ani: Person,
    punch: Punch,
    run_outbox: Callable[[], int],
    said: str,
    noted: str | None,
) -> None:
    address = reverse("punch-review-selfie", args=[punch.pk], urlconf="config.urls_region")
    with clock.at(MORNING + timedelta(minutes=1)):
        signed_in(ani.user).post(address, {"photo": picture_upload(), "taken_at": said})
        run_outbox()
    assert Selfie.objects.get().taken_at == (at(MONDAY, noted) if noted else None)


def test_a_picture_that_was_due_and_did_not_come_is_noted_after_a_day(ani: Person, bkpsdm: User) -> None:
    with clock.at(MORNING - timedelta(hours=1)):
        set_selfie_rule(mode="always", percent=0, keep_days=30, actor=bkpsdm)
    punch = make_punch(ani.employee)
    with clock.at(MORNING + timedelta(hours=23)):
        assert note_missing() == 0
    with clock.at(MORNING + timedelta(hours=25)):
        assert note_missing() == 1
    assert PunchSignal.objects.get().punch == punch


def test_who_has_no_script_sends_it_from_a_page(signed_in: Callable[..., Client], ani: Person, bkpsdm: User) -> None:
    with clock.at(MORNING - timedelta(hours=1)):
        set_selfie_rule(mode="always", percent=0, keep_days=30, actor=bkpsdm)
    punch = make_punch(ani.employee)
    client = signed_in(ani.user)
    address = reverse("punch-review-selfies", urlconf="config.urls_region")
    with clock.at(MORNING + timedelta(minutes=1)):
        assert client.get(address).context["punches"] == [punch]
        client.post(f"{address}{punch.pk}/", {"photo": picture_upload()})
        assert client.get(address).context["punches"] == []
    with clock.at(MORNING + timedelta(hours=25)):
        late = make_punch(ani.employee, MORNING + timedelta(minutes=30))
        assert late not in client.get(address).context["punches"]


def test_nothing_is_missed_where_nothing_is_asked(ani: Person) -> None:
    make_punch(ani.employee)
    with clock.at(MORNING + timedelta(hours=25)):
        assert note_missing() == 0
