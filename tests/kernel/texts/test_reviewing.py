"""A reviewer lets a text stand, removes it, and takes that back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed
from kernel.tenancy.state import RegionState
from kernel.texts import actions
from kernel.texts.errors import DecisionRefused
from kernel.texts.models import TextHold
from kernel.usage import count_here
from tenants.calendars.models import Holiday
from tests.cast import Person, make_user

SPAM = "Main di 𝐊𝐎𝐑𝐔𝐒𝟕𝟕 gacor, wd cepat"
DOUBTFUL = "Coba TAMBUR303 deh"


@pytest.fixture
def reviewer(manado: RegionState) -> User:
    return make_user("diskominfo", "Dewi", "diskominfo")


def written(name: str, day: int = 1) -> Holiday:
    return Holiday.objects.create(date=date(2026, 12, day), name=name, kind=Holiday.Kind.DAERAH)


def shown(row: Holiday) -> str:
    return Holiday.objects.values_list("name", flat=True).get(pk=row.pk)


def newest() -> TextHold:
    return TextHold.objects.latest("id")


def test_a_released_text_stands_again_and_passes_from_then_on(reviewer: User) -> None:
    row = written(SPAM)
    actions.release(uid=newest().uid, actor=reviewer)
    assert shown(row) == SPAM
    assert shown(written(SPAM, 2)) == SPAM
    assert TextHold.objects.count() == 1
    assert AuditEvent.objects.get(action="texts.released").actor_name == "Dewi"


def test_a_removed_text_leaves_neutral_words_and_is_held_when_it_comes_again(reviewer: User) -> None:
    row = written(SPAM)
    actions.remove(uid=newest().uid, reason="Promosi judi", actor=reviewer)
    assert shown(row).startswith("[Dihapus ")
    assert AuditEvent.objects.get(action="texts.removed").note == "Promosi judi"
    assert "ditahan" in shown(written(SPAM, 2))


def test_a_flagged_text_may_stay_or_be_removed(reviewer: User) -> None:
    row = written(DOUBTFUL)
    actions.release(uid=newest().uid, actor=reviewer)
    assert shown(row) == DOUBTFUL
    actions.take_back(uid=newest().uid, actor=reviewer)
    assert newest().state == "flagged"
    actions.remove(uid=newest().uid, reason="Promosi", actor=reviewer)
    assert shown(row).startswith("[Dihapus ")
    actions.take_back(uid=newest().uid, actor=reviewer)
    assert shown(row) == DOUBTFUL


@pytest.mark.parametrize("decide", ["release", "remove"])
def test_a_decision_is_taken_back(reviewer: User, decide: str) -> None:
    row = written(SPAM)
    waits = shown(row)
    if decide == "release":
        actions.release(uid=newest().uid, actor=reviewer)
    else:
        actions.remove(uid=newest().uid, reason="Promosi", actor=reviewer)
    actions.take_back(uid=newest().uid, actor=reviewer)
    assert shown(row) == waits
    assert (newest().state, newest().decided_by, newest().reason) == ("held", None, "")


def test_a_text_that_its_author_wrote_anew_is_left_alone(reviewer: User) -> None:
    row = written(SPAM)
    Holiday.objects.filter(pk=row.pk).update(name="Hari jadi kota")
    actions.release(uid=newest().uid, actor=reviewer)
    assert shown(row) == "Hari jadi kota"
    assert newest().rows == []


def test_what_was_changed_since_a_decision_is_not_overwritten(reviewer: User) -> None:
    row = written(SPAM)
    actions.remove(uid=newest().uid, reason="Promosi", actor=reviewer)
    Holiday.objects.filter(pk=row.pk).update(name="Hari jadi kota")
    with pytest.raises(DecisionRefused, match="changed"):
        actions.take_back(uid=newest().uid, actor=reviewer)
    assert shown(row) == "Hari jadi kota"


def test_a_second_decision_is_refused(reviewer: User) -> None:
    written(SPAM)
    actions.release(uid=newest().uid, actor=reviewer)
    with pytest.raises(DecisionRefused, match="decided"):
        actions.remove(uid=newest().uid, reason="Promosi", actor=reviewer)
    actions.take_back(uid=newest().uid, actor=reviewer)
    with pytest.raises(DecisionRefused, match="open"):
        actions.take_back(uid=newest().uid, actor=reviewer)


def test_a_row_that_a_trigger_has_locked_says_so(reviewer: User) -> None:
    row = written(SPAM)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.locked() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RAISE EXCEPTION ''locked''; END'"
        )
        cursor.execute(
            "CREATE TRIGGER locked BEFORE UPDATE ON calendars_holiday FOR EACH ROW EXECUTE FUNCTION pg_temp.locked()"
        )
    with pytest.raises(DecisionRefused, match="locked"):
        actions.release(uid=newest().uid, actor=reviewer)
    assert newest().state == "held"
    assert "ditahan" in shown(row)


def test_an_employee_decides_nothing(ani: Person) -> None:
    written(SPAM)
    with pytest.raises(NotAllowed):
        actions.release(uid=newest().uid, actor=ani.user)


def test_the_reviewer_works_through_the_queue(reviewer: User, signed_in: Callable[..., Client]) -> None:
    row = written(SPAM)
    client = signed_in(reviewer)
    page = client.get("/teks/").content.decode()
    assert "Main di 𝐊𝐎𝐑𝐔𝐒𝟕𝟕 gacor" in page
    address = f"/teks/{newest().uid}/"
    one = client.get(address).content.decode()
    for words in ("Bentuk nama situs judi: kata dengan angka", "Huruf hias", "KORUS77", "Skor 10", "Kalender: Nama"):
        assert words in one
    assert client.post(f"{address}hapus/", {"reason": ""}).status_code == 422
    assert client.post(f"{address}hapus/", {"reason": "Promosi judi"}).status_code == 302
    assert shown(row).startswith("[Dihapus ")
    assert "Tidak ada yang menunggu" in client.get("/teks/").content.decode()
    assert "Main di" in client.get("/teks/?sudah=1").content.decode()
    again = client.post(f"{address}loloskan/")
    assert again.status_code == 422
    assert "sudah diputuskan" in again.content.decode()
    assert client.post(f"{address}batalkan/").status_code == 302
    assert client.post(f"{address}loloskan/").status_code == 302
    assert shown(row) == SPAM


def test_operators_see_how_many_wait(reviewer: User) -> None:
    written(SPAM)
    written(DOUBTFUL, 2)
    assert count_here()["texts_waiting"] == 2
    actions.release(uid=newest().uid, actor=reviewer)
    assert count_here()["texts_waiting"] == 1
