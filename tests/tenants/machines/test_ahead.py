"""A machine whose clock is ahead: nobody's punch is guessed or lost, somebody decides, and may take it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel.periods import Month
from tenants.attendance.following import follow_punches
from tenants.attendance.models import DayResult
from tenants.machines.models import KeptLine, Machine, MachineCommand, MachinePin
from tenants.punch_review.models import PunchVerdict
from tenants.punches.models import Punch
from tests.cast import Person, make_opd
from tests.closed_months import close_months
from tests.tenants.attendance.week import MONDAY, at, on
from tests.tenants.machines.simulator import SERIAL, SimulatedMachine, wall


@pytest.fixture
def fast(known: SimulatedMachine, shift: Any, manado_rules: Any) -> SimulatedMachine:
    """Its clock is three hours ahead, and Ani punched at 07.26; the machine says 10.26."""
    known.clock_is_off = timedelta(hours=3)
    with on(MONDAY, "07:26"):
        known.punches("7", wall(MONDAY, "07:26"), 0)
    return known


@pytest.fixture
def desk(fast: SimulatedMachine, signed_in: Any, with_role: Any) -> Client:
    """BKPSDM at the machine's page, two hours later."""
    client: Client = signed_in(with_role("bkpsdm"))
    return client


def page(more: str = "") -> str:
    return f"/kehadiran/mesin/{Machine.objects.get(serial=SERIAL).uid}/{more}"


def first_in() -> Any:
    return DayResult.objects.filter(date=MONDAY).values_list("first_in", flat=True).first()


def test_the_page_says_what_waits_and_what_to_do_and_the_clock_is_to_be_set(
    fast: SimulatedMachine, desk: Client
) -> None:
    with on(MONDAY, "09:30"):
        words = desk.get(page()).content.decode()
        assert "1 baris menunggu keputusan" in words
        assert "waktunya 3 jam di depan jam yang benar" in words
        assert 'value="180"' in words
        assert "1 baris menunggu keputusan" in desk.get("/kehadiran/mesin/").content.decode()
        assert fast.polls()[0].startswith("SET OPTION DateTime=")
        assert "Jam mesin sekarang benar" in desk.get(page()).content.decode()


def test_counted_by_decision_taken_back_and_counted_again_it_is_one_punch_in_review(
    desk: Client, ani: Person, run_outbox: Callable[[], int]
) -> None:
    with on(MONDAY, "09:30"):
        assert desk.post(page("jam/hitung/"), {"minutes": "180"}).status_code == 302
        punch = Punch.objects.get()
        assert (punch.employee, punch.kind, punch.captured_at) == (ani.employee, "in", at(MONDAY, "07:26"))
        assert (punch.claimed_at, punch.received_at) == (at(MONDAY, "10:26"), at(MONDAY, "07:26"))
        assert (punch.grade, punch.state) == ("C", "review")
        assert punch.reasons == ["machine_clock", "machine_shifted", "machine_open"]
        follow_punches()
        assert first_in() == at(MONDAY, "07:26")
        assert "1 baris dihitung 3 jam lebih awal" in desk.get(page()).content.decode()
        undo = page(f"jam/{KeptLine.objects.get().decision.uid}/batal/")  # type: ignore[union-attr]
        assert desk.post(undo).status_code == 302
        run_outbox()
        assert first_in() is None
        assert "1 baris menunggu keputusan" in desk.get(page()).content.decode()
        # A second time nothing is taken back.
        assert "sudah dibatalkan" in desk.post(undo, follow=True).content.decode()
        desk.post(page("jam/hitung/"), {"minutes": "180"})
        run_outbox()
        assert first_in() == at(MONDAY, "07:26")
        assert Punch.objects.get() == punch
        assert punch.review.settled_at is None
        # Nothing is left to decide.
        assert "menunggu keputusan" in desk.post(page("jam/hitung/"), {"minutes": "180"}, follow=True).content.decode()
        assert Punch.objects.count() == 1


def test_what_a_closed_month_counts_is_not_taken_back(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with on(MONDAY, "09:30"):
        desk.post(page("jam/hitung/"), {"minutes": "180"})
        decision = KeptLine.objects.get().decision
        close_months(monkeypatch, Month.of(MONDAY))
        desk.post(page(f"jam/{decision.uid}/batal/"))  # type: ignore[union-attr]
        assert KeptLine.objects.get().decision == decision
        assert "1 baris dihitung 3 jam lebih awal" in desk.get(page()).content.decode()
    assert not PunchVerdict.objects.exists()


def test_another_shift_of_the_same_lines_after_taking_back_counts_at_the_other_time(
    desk: Client, run_outbox: Callable[[], int]
) -> None:
    with on(MONDAY, "09:30"):
        desk.post(page("jam/hitung/"), {"minutes": "240"})
        follow_punches()
        desk.post(page(f"jam/{KeptLine.objects.get().decision.uid}/batal/"))  # type: ignore[union-attr]
        desk.post(page("jam/hitung/"), {"minutes": "181"})
        follow_punches()
        run_outbox()
        assert first_in() == at(MONDAY, "07:25")


def test_fewer_minutes_than_the_lines_were_ahead_are_refused_beside_the_field(desk: Client) -> None:
    with on(MONDAY, "09:30"):
        answer = desk.post(page("jam/hitung/"), {"minutes": "179"})
        assert answer.status_code == 422
        assert "Paling sedikit 180 menit" in answer.content.decode()
        assert desk.post(page("jam/hitung/"), {"minutes": "x"}).status_code == 422
    assert not Punch.objects.exists()


def test_a_line_that_was_ahead_never_counts_by_itself_when_its_time_has_passed(
    fast: SimulatedMachine, desk: Client, run_outbox: Callable[[], int]
) -> None:
    with on(MONDAY, "12:00"):
        assert fast.sends_everything_again().is_ok
        file = SimpleUploadedFile("attlog.dat", b"\n".join(fast.log))
        desk.post("/kehadiran/mesin/log/", {"device": "Lobi", "file": file})
        run_outbox()
        assert not Punch.objects.exists()
        desk.post(page("jam/hitung/"), {"minutes": "180"})
        fast.sends_everything_again()
    assert [punch.captured_at for punch in Punch.objects.all()] == [at(MONDAY, "07:26")]


def test_dropped_with_a_reason_it_does_not_count_until_that_is_taken_back(desk: Client) -> None:
    with on(MONDAY, "09:30"):
        assert desk.post(page("jam/lewati/"), {"reason": " "}).status_code == 422
        assert desk.post(page("jam/lewati/"), {"reason": "Uji coba teknisi"}).status_code == 302
        words = desk.get(page()).content.decode()
        assert "1 baris tidak dihitung" in words
        assert "Uji coba teknisi" in words
        assert "menunggu keputusan" not in words
        desk.post(page(f"jam/{KeptLine.objects.get().decision.uid}/batal/"))  # type: ignore[union-attr]
        assert "1 baris menunggu keputusan" in desk.get(page()).content.decode()
    assert not Punch.objects.exists()


def test_lines_of_a_pin_that_means_nobody_go_on_waiting_until_it_is_paired(
    fast: SimulatedMachine, desk: Client, budi: Person
) -> None:
    with on(MONDAY, "07:40"):
        fast.punches("8", wall(MONDAY, "07:40"), 0)
    with on(MONDAY, "09:30"):
        assert "1 di antaranya memakai PIN yang belum dipasangkan" in desk.get(page()).content.decode()
        assert "?mesin=CKJG201160123&amp;pin=8" in desk.get("/kehadiran/mesin/").content.decode()
        desk.post(page("jam/hitung/"), {"minutes": "180"})
        assert KeptLine.objects.ahead().get().pin == "8"
        desk.post("/kehadiran/mesin/pin/", {"device": SERIAL, "pasted": f"8 {budi.employee.nip}"})
        assert Punch.objects.count() == 1
        desk.post(page("jam/hitung/"), {"minutes": "180"})
    assert Punch.objects.get(employee=budi.employee).captured_at == at(MONDAY, "07:40")


def test_counting_asks_a_machine_that_is_still_wrong_to_set_its_clock(fast: SimulatedMachine, desk: Client) -> None:
    MachineCommand.objects.all().delete()
    with on(MONDAY, "09:30"):
        desk.post(page("jam/hitung/"), {"minutes": "180"})
        assert MachineCommand.objects.get().kind == "time"


def test_nobody_decides_about_a_machine_of_another_opd(fast: SimulatedMachine, signed_in: Any, with_role: Any) -> None:
    stranger = signed_in(with_role("operator_opd", opd=make_opd("2.02", "Dinas Lain")))
    with on(MONDAY, "09:30"):
        assert stranger.post(page("jam/hitung/"), {"minutes": "180"}).status_code == 404
        assert stranger.post(page("jam/lewati/"), {"reason": "Uji"}).status_code == 404
    assert not Punch.objects.exists()
    assert KeptLine.objects.ahead().count() == 1


# --- what waits for a PIN ---------------------------------------------------------------------------------------------


def test_a_line_that_was_under_way_while_its_pin_was_paired_is_taken_in_by_the_night_once(
    known: SimulatedMachine, budi: Person, monday: None
) -> None:
    from tenants.machines.tasks import sweep_lines

    known.punches("8", wall(MONDAY, "07:25:31"), 0)
    known.punches("9", wall(MONDAY, "07:25:40"), 0)
    # The pairing did not see the line yet.
    MachinePin.objects.create(device=SERIAL, pin="8", employee=budi.employee)
    assert not Punch.objects.exists()
    sweep_lines.run()
    assert [(punch.employee, punch.captured_at) for punch in Punch.objects.all()] == [
        (budi.employee, at(MONDAY, "07:25:31"))
    ]
    assert KeptLine.objects.get().pin == "9"
    sweep_lines.run()
    known.sends_everything_again()
    assert (Punch.objects.count(), KeptLine.objects.count()) == (1, 1)
