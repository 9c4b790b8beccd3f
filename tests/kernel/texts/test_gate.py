"""Every write of a declared column passes the gate; the names that are advertised are made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from kernel.accounts.actors import System
from kernel.audit.models import AuditEvent
from kernel.audit.record import declare_action, record
from kernel.delivery.models import OutboxMessage
from kernel.judol import Judgement, judge_text
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.state import RegionState
from kernel.texts import gate
from kernel.texts.errors import TextRefused
from kernel.texts.holding import placeholder_for
from kernel.texts.models import TextHold
from tenants.calendars.models import Holiday
from tenants.disturbances.models import Disturbance
from tenants.rules.models import RuleSetRevision
from tests.cast import make_user

SPAM = "Main di 𝐊𝐎𝐑𝐔𝐒𝟕𝟕 gacor, wd cepat"
DOUBTFUL = "Coba TAMBUR303 deh"
FAINT = "Pembahasan taruhan tim kecil"
OFFICE = "Rapat koordinasi SMPN 88 di RT 303"
ACTION = declare_action("tests.texts", "Uji tulisan")


def holiday(name: str, day: int = 1) -> Holiday:
    return Holiday(date=date(2026, 12, day), name=name, kind=Holiday.Kind.DAERAH)


def stored(row: Holiday) -> str:
    return Holiday.objects.values_list("name", flat=True).get(pk=row.pk)


def held() -> TextHold:
    return TextHold.objects.get()


def saved(name: str, day: int = 1) -> Holiday:
    row = holiday(name, day)
    row.save()
    return row


def changed(name: str) -> Holiday:
    row = saved("Hari jadi kota")
    row.name = name
    row.save(update_fields=["name"])
    return row


def in_bulk(name: str) -> Holiday:
    return Holiday.objects.bulk_create([holiday("Hari jadi kota", 2), holiday(name)])[1]


def updated(name: str) -> Holiday:
    row = saved("Hari jadi kota")
    Holiday.objects.filter(pk=row.pk).update(name=name)
    return row


def updated_in_bulk(name: str) -> Holiday:
    row = saved("Hari jadi kota")
    row.name = name
    Holiday.objects.bulk_update([row], ["name"])
    return row


WAYS = [saved, changed, in_bulk, updated, updated_in_bulk]


@pytest.mark.parametrize("way", WAYS)
def test_an_advertisement_is_kept_aside_whatever_way_it_is_written(
    manado: RegionState, way: Callable[[str], Holiday]
) -> None:
    row = way(SPAM)
    assert held().text == SPAM
    assert (held().state, held().verdict, held().place) == ("held", "block", "calendars.Holiday.name")
    assert stored(row) == held().placeholder
    assert "Teks ditahan untuk ditinjau" in stored(row)


@pytest.mark.parametrize("way", WAYS)
def test_an_ordinary_text_is_stored_without_another_statement(
    manado: RegionState, way: Callable[[str], Holiday]
) -> None:
    assert stored(way(OFFICE)) == OFFICE
    assert not TextHold.objects.exists()


@pytest.mark.parametrize("way", WAYS)
def test_a_doubtful_text_is_stored_and_flagged_once(manado: RegionState, way: Callable[[str], Holiday]) -> None:
    row = way(DOUBTFUL)
    assert stored(row) == DOUBTFUL
    Holiday.objects.filter(pk=row.pk).update(name=DOUBTFUL)
    assert (held().state, held().placeholder) == ("flagged", "")


def test_the_gate_costs_an_ordinary_write_no_statement(
    manado: RegionState, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(1):
        saved(OFFICE)


def test_a_long_text_is_judged_once_a_write(manado: RegionState, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []

    def counted(text: str) -> Judgement:
        judged.append(text)
        return judge_text(text)

    monkeypatch.setattr(gate, "judge_text", counted)
    long = f"{OFFICE}. " * 100
    column: Any = Disturbance._meta.get_field("evidence")
    assert column.get_db_prep_save(column.pre_save(Disturbance(evidence=long), True), connection) == long
    assert judged == [long]
    column.get_db_prep_save(long, connection)
    assert judged == [long, long]


def test_the_row_in_hand_is_what_was_stored(manado: RegionState) -> None:
    row = saved(SPAM)
    assert row.name == held().placeholder
    row.save()
    assert TextHold.objects.count() == 1


def test_what_is_rolled_back_is_not_kept(manado: RegionState) -> None:
    with transaction.atomic():
        saved(SPAM)
        assert TextHold.objects.exists()
        transaction.set_rollback(True)
    assert not TextHold.objects.exists()


def test_where_a_text_stands_for_good_it_is_refused_with_words(manado: RegionState) -> None:
    with pytest.raises(TextRefused) as refusal, transaction.atomic():
        RuleSetRevision(what=SPAM).save()
    assert "isian Catatan" in refusal.value.message()
    assert "huruf hias" in refusal.value.message()
    assert not TextHold.objects.exists()


def test_the_audit_log_loses_no_word_and_is_flagged(manado: RegionState) -> None:
    record(ACTION, actor=System("tests"), note=SPAM)
    assert AuditEvent.objects.get(action=ACTION).note == SPAM
    assert (held().state, held().verdict) == ("flagged", "block")


def test_on_the_operators_side_everything_passes(db: None) -> None:
    with control_scope():
        record(ACTION, actor=System("tests"), note=SPAM)
        assert not TextHold.objects.exists()


def under(region: RegionState) -> RegionState:
    return replace(region, measures={"hold_text": {"reason": "Serangan teks", "until": None}})


def test_under_the_measure_doubtful_texts_are_held_too(manado: RegionState) -> None:
    with region_scope(under(manado)):
        assert stored(saved(OFFICE)) == OFFICE
        assert stored(saved(DOUBTFUL, 2)) == held().placeholder


def test_a_short_column_gets_short_words_and_a_tiny_one_none() -> None:
    assert placeholder_for(None).startswith("[Teks ditahan untuk ditinjau, ")
    assert len(placeholder_for(30)) <= 30
    assert placeholder_for(10) == ""
    assert placeholder_for(None) != placeholder_for(None)


def test_no_placeholder_reads_like_a_name_and_is_held_itself() -> None:
    assert {judge_text(placeholder_for(None)).score for _number in range(300)} == {0.0}


def test_a_faint_suspicion_is_put_to_the_second_opinion(manado: RegionState, run_outbox: Callable[[], int]) -> None:
    saved(FAINT)
    (message,) = OutboxMessage.objects.filter(task="kernel.texts.tasks.hear")
    assert message.kwargs["text"] == FAINT
    assert run_outbox() == 1
    assert not TextHold.objects.exists()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """The security events that were said."""
    said: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr("kernel.texts.holding.emit", lambda name, **facts: said.append((name, facts)))
    return said


def test_an_event_is_said_after_commit_with_the_print_of_near_duplicates(
    manado: RegionState, told: list[tuple[str, dict[str, Any]]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        saved(SPAM, 2)
        updated("m a i n di KORUS77 gacor!! wd cepat")
        assert told == []
    assert [name for name, _facts in told] == ["judol_text_held", "judol_text_held"]
    assert told[0][1]["print"] == told[1][1]["print"]
    assert told[0][1]["field"] == "calendars.Holiday.name"
    assert SPAM not in str(told)


def test_a_refused_text_is_said_although_its_transaction_is_rolled_back(
    manado: RegionState, told: list[tuple[str, dict[str, Any]]]
) -> None:
    with pytest.raises(TextRefused), transaction.atomic():
        RuleSetRevision(what=SPAM).save()
    assert [(name, facts["refused"]) for name, facts in told] == [("judol_text_held", True)]


def test_who_wrote_it_hears_that_it_waits(manado: RegionState, signed_in: Callable[..., Client]) -> None:
    admin = make_user("bkpsdm", "Admin BKPSDM", "bkpsdm")
    client = signed_in(admin)
    form = {"date": "2026-12-01", "name": SPAM, "kind": "daerah", "source": "SE 5/2026"}
    answer = client.post("/kalender/libur/tambah/", form, follow=True)
    assert held().author == admin
    assert "menunggu ditinjau petugas" in answer.content.decode()
    assert "gacor" not in answer.content.decode()
