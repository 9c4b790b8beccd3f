"""Who wrote a text that was put aside sees what became of it, and a reviewer gets to the record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kernel.accounts.models import User
from kernel.jobs.work import Progress, run, start, work
from kernel.tenancy.state import RegionState
from kernel.texts import actions
from kernel.texts.models import TextHold
from tenants.activities.models import Activity
from tenants.organisation.models import Unit
from tests.cast import Person, make_user
from tests.kernel.texts.writing import activity_by

SPAM = "Main di 𝐊𝐎𝐑𝐔𝐒𝟕𝟕 gacor, wd cepat"
DOUBTFUL = "Undangan rapat koordinasi LUMBUNG138 di ruang sidang"


@pytest.fixture
def reviewer(manado: RegionState) -> User:
    return make_user("bkpsdm", "Dewi", "bkpsdm")


def newest() -> TextHold:
    return TextHold.objects.latest("id")


def test_a_person_sees_what_waits_and_where_to_write_it_anew(ani: Person, signed_in: Callable[..., Client]) -> None:
    activity_by(ani, SPAM, signed_in)
    page = signed_in(ani.user).get("/teks/saya/").content.decode()
    assert "Menunggu ditinjau" in page
    assert "Tunggu saja" in page
    assert f'href="/aktivitas/{Activity.objects.get().uid}/"' in page
    for words in ("gacor, 5", "judi", "Skor", "promosi"):
        assert words not in page.replace(SPAM, "")


def test_a_person_sees_what_was_decided_and_why(ani: Person, reviewer: User, signed_in: Callable[..., Client]) -> None:
    activity_by(ani, SPAM, signed_in)
    client = signed_in(ani.user)
    client.get("/teks/saya/")
    actions.remove(uid=newest().uid, reason="Bukan uraian pekerjaan", actor=reviewer)
    assert "Ada kabar tentang tulisan Anda" in client.get("/aktivitas/").content.decode()
    page = client.get("/teks/saya/").content.decode()
    assert "Tidak ditampilkan" in page
    assert "Bukan uraian pekerjaan" in page
    actions.take_back(uid=newest().uid, actor=reviewer)
    actions.release(uid=newest().uid, actor=reviewer)
    page = client.get("/teks/saya/").content.decode()
    assert "Sudah ditampilkan" in page
    assert "Ada kabar" not in page + client.get("/aktivitas/").content.decode()


def test_nobody_sees_the_texts_of_others(ani: Person, budi: Person, signed_in: Callable[..., Client]) -> None:
    activity_by(ani, SPAM, signed_in)
    page = signed_in(budi.user).get("/teks/saya/").content.decode()
    assert "Tidak ada tulisan yang ditinjau" in page
    assert "KORUS" not in page


def test_what_only_a_reviewer_looks_at_is_not_told_unless_it_is_removed(
    ani: Person, reviewer: User, signed_in: Callable[..., Client]
) -> None:
    activity_by(ani, DOUBTFUL, signed_in)
    client = signed_in(ani.user)
    assert newest().state == "flagged"
    assert "LUMBUNG138" not in client.get("/teks/saya/").content.decode()
    actions.release(uid=newest().uid, actor=reviewer)
    assert User.objects.get(pk=ani.user.pk).text_news == ""
    actions.take_back(uid=newest().uid, actor=reviewer)
    actions.remove(uid=newest().uid, reason="Bukan uraian pekerjaan", actor=reviewer)
    assert "LUMBUNG138" in client.get("/teks/saya/").content.decode()


def test_the_menu_names_the_list_once_there_is_something_in_it(ani: Person, signed_in: Callable[..., Client]) -> None:
    client = signed_in(ani.user)
    assert "/teks/saya/" not in client.get("/aktivitas/").content.decode()
    activity_by(ani, SPAM, signed_in)
    client.get("/aktivitas/")
    assert 'href="/teks/saya/"' in client.get("/aktivitas/").content.decode()


def test_news_cost_a_query_when_they_are_said_and_none_otherwise(
    ani: Person, signed_in: Callable[..., Client], django_assert_num_queries: Callable[[int], Any]
) -> None:
    client = signed_in(ani.user)
    client.get("/teks/saya/")
    with django_assert_num_queries(3) as usual:
        client.get("/teks/saya/")
    User.objects.filter(pk=ani.user.pk).update(text_news="new")
    with django_assert_num_queries(len(usual) + 1):
        client.get("/teks/saya/")
    with django_assert_num_queries(len(usual)):
        client.get("/teks/saya/")


def test_a_reviewer_gets_from_the_queue_to_the_record(
    ani: Person, reviewer: User, signed_in: Callable[..., Client]
) -> None:
    unit = Unit.objects.order_by("pk")[0]
    unit.name = SPAM
    unit.save(update_fields=["name"])
    client = signed_in(reviewer)
    link = f'href="/organisasi/unit/{unit.uid}/"'
    assert link in client.get("/teks/").content.decode()
    assert link in client.get(f"/teks/{newest().uid}/").content.decode()


def test_a_draft_is_its_owners_alone(ani: Person, reviewer: User, signed_in: Callable[..., Client]) -> None:
    activity_by(ani, SPAM, signed_in)
    client, link = signed_in(reviewer), f"/aktivitas/unit/{Activity.objects.get().uid}/"
    assert link in client.get("/teks/").content.decode()
    Activity.objects.update(state=Activity.State.DRAFT)
    assert link not in client.get("/teks/").content.decode()


def test_a_reviewer_gets_no_link_to_a_page_that_is_not_theirs(ani: Person, signed_in: Callable[..., Client]) -> None:
    activity_by(ani, SPAM, signed_in)
    page = signed_in(make_user("diskominfo", "Deni", "diskominfo")).get("/teks/").content.decode()
    assert SPAM in page
    assert "/aktivitas/unit/" not in page


def test_a_record_that_was_not_in_hand_is_found_by_what_stands_in_it(
    ani: Person, reviewer: User, signed_in: Callable[..., Client]
) -> None:
    unit = Unit.objects.order_by("pk")[0]
    Unit.objects.filter(pk=unit.pk).update(name=SPAM)
    assert newest().record == ""
    page = signed_in(reviewer).get(f"/teks/{newest().uid}/").content.decode()
    assert f'href="/organisasi/unit/{unit.uid}/"' in page


def test_a_record_that_is_gone_has_no_link(ani: Person, signed_in: Callable[..., Client]) -> None:
    activity_by(ani, SPAM, signed_in)
    Activity.objects.all().delete()
    page = signed_in(ani.user).get("/teks/saya/").content.decode()
    assert SPAM in page
    assert 'href="/aktivitas/' not in page.partition("<blockquote")[2]


def test_what_a_job_writes_is_its_owners(ani: Person, signed_in: Callable[..., Client]) -> None:
    def write(progress: Progress) -> None:
        Unit.objects.filter(pk=Unit.objects.order_by("pk")[0].pk).update(name=SPAM)

    work("tests.texts")(write)
    run(str(start(kind="tests.texts", title="Uji", actor=ani.user).uid))
    assert newest().author == ani.user
    assert "Ada kabar tentang tulisan Anda" in signed_in(ani.user).get("/aktivitas/").content.decode()
