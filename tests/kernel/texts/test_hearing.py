"""What rules and model together call advertising is put aside after it was stored, as the gate would have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.test import Client

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.delivery.models import OutboxMessage
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from kernel.tenancy.tasks import REGION_HEADER
from kernel.texts import actions, gate
from kernel.texts.hearing import hear
from kernel.texts.models import TextHold
from kernel.texts.tasks import hear as hear_task
from tenants.activities.models import Activity
from tenants.calendars.models import Holiday
from tests.cast import Person, make_user
from tests.kernel.texts.writing import activity_by

# The rules alone ask for a reviewer; the model says more than 0.9 as well.
PRAISE = "Baru coba di KORUS77 langsung dikasih rezeki, gak nyangka banget"
# The rules alone ask for a reviewer, and the model sees nothing in it.
DOUBTFUL = "Undangan rapat koordinasi LUMBUNG138 di ruang sidang"
# The rules allow it; the model asks for a reviewer.
FAINT_PRAISE = "main di sini aja bos, modal 20rb jadi 2jt, link di bio"


def written(name: str, day: int = 1) -> Holiday:
    return Holiday.objects.create(date=date(2026, 12, day), name=name, kind=Holiday.Kind.DAERAH)


def shown(row: Holiday) -> str:
    return Holiday.objects.values_list("name", flat=True).get(pk=row.pk)


def locked() -> None:
    """As a trigger keeps what is approved or paid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.locked() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RAISE EXCEPTION ''locked'' USING ERRCODE = ''integrity_constraint_violation''; END'"
        )
        cursor.execute(
            "CREATE TRIGGER locked BEFORE UPDATE ON calendars_holiday FOR EACH ROW EXECUTE FUNCTION pg_temp.locked()"
        )


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    said: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr("kernel.texts.holding.emit", lambda name, **facts: said.append((name, facts)))
    return said


def test_both_opinions_together_put_a_stored_text_aside(manado: RegionState, run_outbox: Callable[[], int]) -> None:
    row = written(PRAISE)
    assert (shown(row), TextHold.objects.get().state) == (PRAISE, "flagged")
    run_outbox()
    held = TextHold.objects.get()
    assert (held.state, held.verdict, held.text, held.record) == ("held", "block", PRAISE, str(row.uid))
    assert shown(row) == held.placeholder
    assert held.placeholder.startswith("[Teks ditahan untuk ditinjau, ")
    assert held.reasons[-1][0] == "second_opinion"
    noted = AuditEvent.objects.get(action="texts.put_aside")
    assert (noted.actor_kind, noted.subject_uid, noted.after["rows"]) == ("system", held.uid, 1)


def test_the_event_names_who_wrote_it(
    ani: Person,
    signed_in: Callable[..., Client],
    run_outbox: Callable[[], int],
    told: list[tuple[str, dict[str, Any]]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    activity_by(ani, PRAISE, signed_in)
    with django_capture_on_commit_callbacks(execute=True):
        run_outbox()
    (facts,) = [facts for name, facts in told if name == "judol_text_held"]
    assert (facts["person"], facts["verdict"], facts["is_public"]) == (ani.user.uid, "block", False)
    assert TextHold.objects.get().author == ani.user


def test_hearing_it_again_changes_nothing(manado: RegionState, run_outbox: Callable[[], int]) -> None:
    row = written(PRAISE)
    run_outbox()
    stands = shown(row)
    OutboxMessage.objects.update(sent_at=None)
    run_outbox()
    assert shown(row) == stands
    assert TextHold.objects.count() == 1


def test_what_was_written_anew_meanwhile_is_left_alone(manado: RegionState, run_outbox: Callable[[], int]) -> None:
    row = written(PRAISE)
    Holiday.objects.filter(pk=row.pk).update(name="Hari jadi kota")
    run_outbox()
    assert shown(row) == "Hari jadi kota"
    assert TextHold.objects.get().state == "flagged"


def test_in_a_locked_row_it_stays_flagged_with_what_the_model_says(
    manado: RegionState, run_outbox: Callable[[], int]
) -> None:
    row = written(PRAISE)
    locked()
    run_outbox()
    assert shown(row) == PRAISE
    flagged = TextHold.objects.get()
    assert (flagged.state, flagged.verdict, flagged.placeholder) == ("flagged", "block", "")
    assert flagged.model_says is not None
    assert not AuditEvent.objects.filter(action="texts.put_aside").exists()


def test_what_the_model_doubts_too_stays_where_it_is(manado: RegionState, run_outbox: Callable[[], int]) -> None:
    row = written(DOUBTFUL)
    run_outbox()
    assert shown(row) == DOUBTFUL
    assert TextHold.objects.get().state == "flagged"


def test_each_row_with_the_text_is_put_aside_with_its_own_words(
    manado: RegionState, run_outbox: Callable[[], int]
) -> None:
    rows = [written(PRAISE), written(PRAISE, 2)]
    run_outbox()
    assert {shown(row) for row in rows} == set(
        TextHold.objects.filter(state="held").values_list("placeholder", flat=True)
    )
    assert TextHold.objects.count() == 2


def test_what_was_put_aside_once_is_held_at_once_when_it_comes_again(
    manado: RegionState, run_outbox: Callable[[], int]
) -> None:
    written(PRAISE)
    run_outbox()
    again = written(PRAISE, 2)
    assert "ditahan" in shown(again)
    assert TextHold.objects.filter(state="held").count() == 2


def test_a_reviewer_lets_it_stand_and_it_passes_from_then_on(
    manado: RegionState, run_outbox: Callable[[], int]
) -> None:
    row = written(PRAISE)
    run_outbox()
    actions.release(uid=TextHold.objects.get().uid, actor=make_user("diskominfo", "Dewi", "diskominfo"))
    assert shown(row) == PRAISE
    again = written(PRAISE, 2)
    run_outbox()
    assert shown(again) == PRAISE


def test_under_the_measure_what_the_model_lifts_to_a_doubt_is_put_aside_too(
    manado: RegionState, run_outbox: Callable[[], int]
) -> None:
    row = written(FAINT_PRAISE)
    with region_scope(replace(manado, measures={"hold_text": {"reason": "Serangan teks", "until": None}})):
        hear(gate.places()["calendars.Holiday.name"], FAINT_PRAISE, record=str(row.uid), author=None)
    assert "ditahan" in shown(row)


def test_who_wrote_it_hears_of_it_with_the_next_page(
    ani: Person, signed_in: Callable[..., Client], run_outbox: Callable[[], int]
) -> None:
    activity_by(ani, PRAISE, signed_in)
    client = signed_in(ani.user)
    assert "ditinjau petugas" not in client.get("/aktivitas/").content.decode()
    run_outbox()
    assert Activity.objects.get().description == TextHold.objects.get().placeholder
    page = client.get("/aktivitas/").content.decode()
    assert "Ada kabar tentang tulisan Anda yang ditinjau petugas." in page
    assert 'href="/teks/saya/"' in page
    assert User.objects.get(pk=ani.user.pk).text_news == "said"
    assert "Ada kabar" not in client.get("/aktivitas/").content.decode()


def test_a_row_that_could_not_be_asked_is_asked_again_and_not_taken_for_locked(
    manado: RegionState, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = written(PRAISE)
    plain, asked = QuerySet.update, []

    def busy_at_first(rows: QuerySet[Any], **values: Any) -> int:
        asked.append(values)
        if len(asked) == 1:
            raise OperationalError("deadlock detected")
        return plain(rows, **values)

    monkeypatch.setattr(QuerySet, "update", busy_at_first)
    said = {"place": "calendars.Holiday.name", "text": PRAISE, "record": str(row.uid)}
    hear_task.apply(kwargs=said, headers={REGION_HEADER: manado.code})
    assert "ditahan" in shown(row)
