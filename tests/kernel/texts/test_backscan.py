"""What was stored before is judged again when the rules have changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from kernel.jobs.models import Job
from kernel.jobs.work import run
from kernel.tenancy.state import RegionState
from kernel.texts import backscan, gate
from kernel.texts.models import TextHold
from kernel.texts.places import Place
from tenants.calendars.models import Holiday

# The rules ask for a reviewer, both together say block; the rules allow it, the model asks for a reviewer.
PRAISE = "Baru coba di KORUS77 langsung dikasih rezeki, gak nyangka banget"
FAINT = "main di sini aja bos, modal 20rb jadi 2jt, link di bio"
SPAM = "Main di 𝐊𝐎𝐑𝐔𝐒𝟕𝟕 gacor, wd cepat"


def stored_before(names: list[str]) -> None:
    Holiday.objects.all().delete()
    with gate.opened():
        Holiday.objects.bulk_create(
            Holiday(date=date(2026, 1, 1) + timedelta(number), name=name, kind=Holiday.Kind.DAERAH)
            for number, name in enumerate(names)
        )


def test_old_texts_are_flagged_and_left_where_they_are(manado: RegionState, run_outbox: Callable[[], int]) -> None:
    stored_before(["Hari jadi kota", SPAM, "Hari jadi kota"])
    job = backscan.start_if_due()
    assert job is not None
    run_outbox()
    job.refresh_from_db()
    assert (job.state, job.result["flagged"], job.done) == ("done", 1, job.total)
    found = TextHold.objects.get()
    assert (found.state, found.verdict, found.author) == ("flagged", "block", None)
    assert Holiday.objects.filter(name=SPAM).exists()


def test_both_opinions_are_heard_on_old_texts_and_none_is_taken_away(
    manado: RegionState, run_outbox: Callable[[], int]
) -> None:
    stored_before([PRAISE, FAINT])
    assert backscan.start_if_due() is not None
    run_outbox()
    found = dict(TextHold.objects.values_list("text", "verdict"))
    assert found == {PRAISE: "block", FAINT: "review"}
    assert set(Holiday.objects.values_list("name", flat=True)) == {PRAISE, FAINT}
    held = TextHold.objects.get(text=PRAISE)
    assert held.record == str(Holiday.objects.get(name=PRAISE).uid)


def test_the_same_rules_judge_once(manado: RegionState, monkeypatch: pytest.MonkeyPatch) -> None:
    assert backscan.start_if_due() is not None
    assert backscan.start_if_due() is None
    monkeypatch.setattr(backscan, "RULES_VERSION", "next")
    assert backscan.start_if_due() is not None


def test_a_killed_job_goes_on_where_it_was(manado: RegionState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backscan, "AT_ONCE", 2)
    stored_before([f"Hari {number}" for number in range(5)])
    job = backscan.start_if_due()
    assert job is not None
    looked: list[str] = []
    plain = backscan._look

    def until_killed(place: Place, record: str, text: str) -> bool:
        if place.model is Holiday and place.column == "name":
            looked.append(text)
            if len(looked) == 4:
                raise SystemExit
        return plain(place, record, text)

    monkeypatch.setattr(backscan, "_look", until_killed)
    with pytest.raises(SystemExit):
        run(str(job.uid))
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED)
    run(str(job.uid))
    assert looked == ["Hari 0", "Hari 1", "Hari 2", "Hari 3", "Hari 2", "Hari 3", "Hari 4"]
    job.refresh_from_db()
    assert job.state == "done"
