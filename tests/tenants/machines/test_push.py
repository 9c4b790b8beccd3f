"""Machines that send by themselves, as a simulated machine speaks: real bodies over the region's own addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from tenants.machines import actions, receiving
from tenants.machines.contact import last_contacts
from tenants.machines.models import KeptLine, Machine, MachineCommand, MachinePin, MachineUser
from tenants.punches.models import Punch
from tests.cast import Office, Person, make_opd
from tests.tenants.attendance.week import MONDAY, at, on
from tests.tenants.machines.simulator import DOOR_FIRMWARE, SERIAL, SimulatedMachine, through, wall


def stored() -> list[tuple[Any, ...]]:
    return list(Punch.objects.order_by("captured_at", "kind").values_list("kind", "captured_at", "source", "device"))


# --- hello ----------------------------------------------------------------------------------------------------------


def test_a_machine_that_switches_on_is_told_its_zone_and_its_own_marks(known: SimulatedMachine, monday: None) -> None:
    reply = known.hello()
    assert reply.status == 200
    assert reply.text.startswith(f"GET OPTION FROM: {SERIAL}\n")
    said = {"ATTLOGStamp": "0", "OPERLOGStamp": "0", "TimeZone": "8", "Realtime": "1", "Encrypt": "None"}
    assert said.items() <= known.options.items()
    # Neither fingers nor faces nor photos are asked for.
    assert known.options["TransFlag"] == "TransData AttLog\tOpLog\tEnrollUser\tChgUser"
    known.punches("7", wall(MONDAY, "07:25:31"), 0)
    known.hello()
    assert known.options["ATTLOGStamp"] == "1"


@pytest.mark.parametrize(
    "path", ["/iclock/cdata", "/iclock/cdata?SN=", "/iclock/cdata?SN=a%20b", "/iclock/cdata?SN=ab"]
)
def test_a_request_without_a_serial_is_refused_and_lists_nobody(manado: Any, path: str) -> None:
    client = Client(headers={"host": "manado.localhost"})
    assert client.get(path).status_code == 400
    assert client.post(path, b"7\t2026-10-05 07:25:31\t0\n", content_type="text/plain").status_code == 400
    assert not Machine.objects.exists()


# --- lines ----------------------------------------------------------------------------------------------------------


def test_a_live_line_becomes_a_punch_with_its_direction_and_the_undefined_one_stays_undefined(
    known: SimulatedMachine, ani: Person, monday: None
) -> None:
    assert known.punches("7", wall(MONDAY, "07:25:31"), 0).text == "OK: 1"
    assert known.punches("007", wall(MONDAY, "07:25:40"), 255).text == "OK: 1"
    assert stored() == [
        ("in", at(MONDAY, "07:25:31"), "machine", SERIAL),
        ("undefined", at(MONDAY, "07:25:40"), "machine", SERIAL),
    ]
    punch = Punch.objects.get(kind="in")
    assert (punch.employee, punch.grade, punch.reasons, punch.state) == (
        ani.employee,
        "B",
        ["machine_open"],
        "accepted",
    )
    assert punch.received_at == at(MONDAY, "07:26")


def test_a_replay_adds_nothing_however_it_comes(known: SimulatedMachine, monday: None) -> None:
    for second in range(10, 20):
        known.stores("7", wall(MONDAY, f"07:25:{second}"), 0)
    known.stores("99", wall(MONDAY, "07:25:30"), 0)
    assert known.sends_waiting(burst=4).text == "OK: 3"
    before = (set(Punch.objects.values_list("id", "receipt")), set(KeptLine.objects.values_list("id", flat=True)))
    assert (len(before[0]), len(before[1])) == (10, 1)
    known.sends_everything_again()
    known.sends(known.log[:3] * 2)
    assert before == (
        set(Punch.objects.values_list("id", "receipt")),
        set(KeptLine.objects.values_list("id", flat=True)),
    )


def test_the_same_log_from_the_usb_stick_adds_nothing_to_what_was_pushed(
    known: SimulatedMachine, monday: None, signed_in: Any, with_role: Any, run_outbox: Callable[[], int]
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    known.punches("7", wall(MONDAY, "07:25:31"), 0)
    file = SimpleUploadedFile("attlog.dat", b"\n".join(known.log))
    client = signed_in(with_role("bkpsdm"))
    # By the name that people call it.
    assert client.post("/kehadiran/mesin/log/", {"device": "lobi", "file": file}).status_code == 302
    run_outbox()
    assert Punch.objects.count() == 1


def test_unreadable_lines_never_lose_the_good_ones_and_are_kept_with_their_reason(
    known: SimulatedMachine, monday: None
) -> None:
    lines = [
        b"rusak",
        b"7\t2026-10-05 07:25:31\t0\t1\t0",
        b"\xff\xfe\x00\x00",
        b"?!\t2026-10-05 07:25:32\t0",
        b"7\t2026-13-05 07:25:33\t0",
        b"7\t2000-01-01 00:00:11\t0",
        b"",
        b"7 2026-10-05 07:25:34 1",
        b"7\t2026-10-05 07:25:35\tx",
    ]
    assert known.sends(lines).text == "OK: 8"
    assert [(kind, moment) for kind, moment, *_rest in stored()] == [
        ("in", at(MONDAY, "07:25:31")),
        ("out", at(MONDAY, "07:25:34")),
        ("undefined", at(MONDAY, "07:25:35")),
    ]
    assert sorted(KeptLine.objects.values_list("reason", flat=True)) == ["columns", "columns", "old", "pin", "time"]


def sent_raw(known: SimulatedMachine, body: bytes, **environ: str) -> tuple[int, bytes]:
    """A request as a server hands it on, whatever its headers promise."""
    client: Any = Client(headers={"host": "manado.localhost"})
    answer = client.generic(
        "POST",
        known.path("cdata", table="ATTLOG", Stamp="9"),
        content_type="text/plain",
        **{"wsgi.input": BytesIO(body), **environ},
    )
    return answer.status_code, answer.content


def test_a_body_that_was_cut_off_is_not_acknowledged(known: SimulatedMachine, monday: None) -> None:
    body = b"7\t2026-10-05 07:25:31\t0\n"
    assert sent_raw(known, body, CONTENT_LENGTH=str(len(body) + 30)) == (400, b"cut off")
    assert sent_raw(known, body) == (411, b"no length")
    assert sent_raw(known, body, CONTENT_LENGTH=str(5 * 1024 * 1024)) == (413, b"too long")
    assert not Punch.objects.exists()
    assert Machine.objects.get().stamp == "0"


def test_a_body_in_pieces_is_read_whole(known: SimulatedMachine, monday: None) -> None:
    body = b"7\t2026-10-05 07:25:31\t0\n"
    assert sent_raw(known, body, HTTP_TRANSFER_ENCODING="chunked") == (200, b"OK: 1")
    assert Punch.objects.count() == 1


def test_a_burst_of_a_thousand_costs_as_many_statements_as_one_line(
    known: SimulatedMachine, monday: None, django_assert_num_queries: Any
) -> None:
    first = [known.stores("7", wall(MONDAY, "06:00:00") + timedelta(seconds=second)) for second in range(2)]
    thousand = [known.stores("7", wall(MONDAY, "05:00:00") + timedelta(seconds=second)) for second in range(1_000)]
    known.sends([b"7\t2026-10-05 04:00:00\t0"])
    # The machine, all lines, the contact; and the two ends of the transaction around the last two.
    with django_assert_num_queries(5):
        known.sends(first[:1])
    with django_assert_num_queries(5):
        assert known.sends(thousand).text == "OK: 1000"
    assert Punch.objects.count() == 1_002


# --- unknown machines -----------------------------------------------------------------------------------------------


def test_an_unknown_machine_is_listed_and_its_lines_count_once_it_is_claimed(
    machine: SimulatedMachine, office: Office, ani: Person, with_role: Any, monday: None
) -> None:
    machine.hello()
    assert machine.punches("7", wall(MONDAY, "07:25:31"), 0).is_ok
    assert machine.punches("12", wall(MONDAY, "07:25:50"), 0).is_ok
    listed = Machine.objects.get()
    assert (listed.serial, listed.state) == (SERIAL, "listed")
    assert not Punch.objects.exists()
    MachinePin.objects.create(device="Lobi", pin="7", employee=ani.employee)
    # Its PINs were kept under the name that people gave it, when its log came by USB stick.
    claimed = actions.claim_machine(
        uid=listed.uid, name="Lobi", unit=office.opd, time_zone="", actor=with_role("bkpsdm")
    )
    assert (claimed.state, claimed.device) == ("active", "Lobi")
    assert stored() == [("in", at(MONDAY, "07:25:31"), "machine", "Lobi")]
    assert list(KeptLine.objects.values_list("pin", "reason")) == [("12", "unknown_pin")]
    machine.sends_everything_again()
    assert (Punch.objects.count(), KeptLine.objects.count()) == (1, 1)


def test_a_pin_that_is_paired_later_brings_its_kept_lines(
    known: SimulatedMachine, budi: Person, with_role: Any, monday: None
) -> None:
    known.punches("12", wall(MONDAY, "07:25:50"), 1)
    actions.save_pins(device=SERIAL, pins={"012": budi.employee}, actor=with_role("bkpsdm"))
    punch = Punch.objects.get()
    assert (punch.employee, punch.kind, punch.captured_at) == (budi.employee, "out", at(MONDAY, "07:25:50"))
    assert not KeptLine.objects.exists()
    known.sends_everything_again()
    assert Punch.objects.count() == 1


def test_what_there_is_no_room_for_stays_in_the_machine(
    machine: SimulatedMachine, monday: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MOST_KEPT_UNCLAIMED", 2)
    for second in range(10, 13):
        machine.stores("7", wall(MONDAY, f"07:25:{second}"))
    assert machine.sends_waiting(burst=2).status == 503
    assert (machine.acknowledged, KeptLine.objects.count()) == (2, 2)
    monkeypatch.setattr(receiving, "MOST_LISTED", 1)
    machine.serial = "SERIAL-LAIN"
    assert machine.hello().status == 503
    assert Machine.objects.count() == 1


def test_a_retired_machine_brings_no_punch_but_loses_no_line(
    known: SimulatedMachine, with_role: Any, monday: None
) -> None:
    actions.retire_machine(uid=Machine.objects.get().uid, reason="Rusak", actor=with_role("bkpsdm"))
    assert known.punches("7", wall(MONDAY, "07:25:31")).is_ok
    assert not Punch.objects.exists()
    assert KeptLine.objects.get().reason == "retired"


# --- the address ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("prefix_first", "suffix"), [(False, ""), (True, ""), (False, ".aspx")])
def test_a_machine_with_a_secret_address_counts_by_it_only(
    known: SimulatedMachine, with_role: Any, monday: None, prefix_first: bool, suffix: str
) -> None:
    secret = actions.give_secret(uid=Machine.objects.get().uid, actor=with_role("bkpsdm"))
    assert Machine.objects.get().secret_digest == receiving.digest_of(secret)
    assert known.punches("7", wall(MONDAY, "07:25:31")).is_ok
    known.secret, known.prefix_first, known.suffix = secret[:-1] + "0", prefix_first, suffix
    assert known.punches("7", wall(MONDAY, "07:25:32")).is_ok
    assert not Punch.objects.exists()
    assert set(KeptLine.objects.values_list("reason", flat=True)) == {"address"}
    known.secret = secret
    assert known.punches("7", wall(MONDAY, "07:25:33")).is_ok
    punch = Punch.objects.get()
    assert (punch.captured_at, punch.grade, punch.reasons) == (at(MONDAY, "07:25:33"), "A", [])


def test_a_machine_of_one_region_is_unknown_in_another(known: SimulatedMachine, monday: None) -> None:
    from kernel.tenancy import registry
    from kernel.tenancy.context import region_scope

    known.wire = through(Client(headers={"host": "banjarmasin.localhost"}))
    assert known.punches("7", wall(MONDAY, "07:25:31")).is_ok
    assert not Punch.objects.exists()
    with region_scope(registry.region_by_code("banjarmasin")):
        assert Machine.objects.get().state == "listed"
        assert not Punch.objects.exists()


def test_the_networks_it_speaks_from_are_told_and_lock_nothing(known: SimulatedMachine, monday: None) -> None:
    for address in ("203.0.113.7", "203.0.113.90", "198.51.100.4"):
        client = Client(headers={"host": "manado.localhost"}, REMOTE_ADDR=address)
        known.wire = through(client)
        known.punches("7", wall(MONDAY, "07:25:31"))
    seen = Machine.objects.get()
    assert [row["network"] for row in seen.networks] == ["203.0.113.0/24", "198.51.100.0/24"]
    assert seen.new_networks == ["198.51.100.0/24"]
    assert Punch.objects.count() == 1


# --- names and commands ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_the_machine_s_users_give_names_beside_pins_and_no_fingers(
    known: SimulatedMachine, monday: None, encoding: str
) -> None:
    assert known.names({"7": "Ani", "012": "André"}, encoding).text == "OK: 2"
    known.names({"7": "Ani Lestari"})
    assert dict(MachineUser.objects.values_list("pin", "name")) == {"7": "Ani Lestari", "12": "André"}


def test_commands_are_given_in_order_and_their_results_are_noted(
    known: SimulatedMachine, with_role: Any, monday: None
) -> None:
    actor, uid = with_role("bkpsdm"), Machine.objects.get().uid
    assert known.polls() == []
    for kind in ("time", "reboot", "info"):
        actions.ask_machine(uid=uid, kind=kind, actor=actor)
    withdrawn = actions.ask_machine(uid=uid, kind="check", actor=actor)
    actions.withdraw_command(pk=withdrawn.pk, actor=actor)
    # 2026-10-05 07:26:00 as machines count: 26 years of 12 months of 31 days.
    seconds = ((26 * 12 * 31) + 9 * 31 + 4) * 86_400 + 7 * 3_600 + 26 * 60
    assert known.polls() == [f"SET OPTION DateTime={seconds}", "REBOOT", "INFO"]
    assert known.polls() == []
    assert list(MachineCommand.objects.order_by("id").values_list("state", "result", "times_sent")) == [
        ("done", 0, 1),
        ("done", 0, 1),
        ("done", 0, 1),
        ("withdrawn", None, 0),
    ]


def test_a_command_that_fails_says_so_and_one_without_result_is_given_again_and_then_given_up(
    known: SimulatedMachine, with_role: Any
) -> None:
    actor, uid = with_role("bkpsdm"), Machine.objects.get().uid
    with on(MONDAY, "08:00"):
        actions.ask_machine(uid=uid, kind="reboot", actor=actor)
        assert known.polls(result=-1) == ["REBOOT"]
        assert MachineCommand.objects.get().state == "failed"
        actions.ask_machine(uid=uid, kind="check", actor=actor)
    for minute in (1, 7, 13):
        with on(MONDAY, f"08:{minute:02d}"):
            assert "CHECK" in known.ask("getrequest").text
            assert known.ask("getrequest").text == "OK"
    with on(MONDAY, "08:30"):
        assert known.ask("getrequest").text == "OK"
    assert MachineCommand.objects.latest("id").state == "failed"


def test_a_machine_sends_its_log_again_when_asked_and_nothing_is_doubled(
    known: SimulatedMachine, with_role: Any, monday: None
) -> None:
    actor, uid = with_role("bkpsdm"), Machine.objects.get().uid
    known.punches("7", wall(MONDAY, "07:25:31"))
    lost = known.stores("7", wall(MONDAY, "07:25:40"))
    known.acknowledged = len(known.log)
    actions.ask_machine(uid=uid, kind="again", first=MONDAY, last=MONDAY, actor=actor)
    (told,) = known.polls()
    assert told == "DATA QUERY ATTLOG StartTime=2026-10-05 00:00:00\tEndTime=2026-10-05 23:59:59"
    assert lost in known.log
    assert [moment for _kind, moment, *_rest in stored()] == [at(MONDAY, "07:25:31"), at(MONDAY, "07:25:40")]
    # Without days: everything, from the very beginning.
    KeptLine.objects.all().delete()
    actions.ask_machine(uid=uid, kind="again", actor=actor)
    assert known.polls() == ["CHECK"]
    assert known.options["ATTLOGStamp"] == "0"
    assert Punch.objects.count() == 2


def test_another_machine_s_result_changes_nothing(known: SimulatedMachine, with_role: Any, monday: None) -> None:
    command = actions.ask_machine(uid=Machine.objects.get().uid, kind="reboot", actor=with_role("bkpsdm"))
    known.serial = "LAIN-1"
    known.say("devicecmd", f"ID={command.pk}&Return=0&CMD=REBOOT".encode())
    known.serial = SERIAL
    known.say("devicecmd", b"ID=99999999999999999999&Return=0\nID=x\nrusak\n")
    command.refresh_from_db()
    assert command.state == "queued"


# --- clocks ---------------------------------------------------------------------------------------------------------


def test_a_clock_that_is_wrong_is_noticed_told_and_set_right(known: SimulatedMachine) -> None:
    known.clock_is_off = -timedelta(minutes=20)
    for minute, doubt, off in (("07:30", -1200, None), ("07:31", None, -1200), ("07:32", None, -1200)):
        with on(MONDAY, minute):
            known.ask("ping")
            known.punches("7", wall(MONDAY, minute))
            found = Machine.objects.get()
            assert (found.clock_doubt_s, found.clock_off_s) == (doubt, off)
    punch = Punch.objects.latest("captured_at")
    assert (punch.grade, punch.state, punch.reasons) == ("C", "review", ["machine_clock", "machine_open"])
    with on(MONDAY, "07:33"):
        # The platform asked for it by itself.
        (told,) = known.polls()
        assert told.startswith("SET OPTION DateTime=")
        assert Machine.objects.get().clock_off_s is None
        known.punches("7", wall(MONDAY, "07:33"))
    assert (Machine.objects.get().clock_off_s, MachineCommand.objects.count()) == (None, 1)
    assert Punch.objects.latest("captured_at").state == "accepted"


def test_a_clock_ahead_is_certain_at_once_and_its_line_is_kept(known: SimulatedMachine, monday: None) -> None:
    known.clock_is_off = timedelta(hours=3)
    known.punches("7", wall(MONDAY, "07:26"))
    assert Machine.objects.get().clock_off_s == 3 * 3600
    kept = KeptLine.objects.get()
    assert (kept.reason, kept.text) == ("future", "7\t2026-10-05 10:26:00\t255\t1\t0\t0\t0")


def test_a_log_that_waited_for_the_network_is_no_wrong_clock(known: SimulatedMachine) -> None:
    with on(MONDAY, "09:00"):
        for minute in ("07:20", "07:21"):
            known.punches("7", wall(MONDAY, minute))
    with on(MONDAY, "12:00"):
        known.stores("7", wall(MONDAY, "09:30"))
        known.sends_waiting()
    found = Machine.objects.get()
    assert found.clock_off_s is None
    assert set(Punch.objects.values_list("state", flat=True)) == {"accepted"}


# --- door machines --------------------------------------------------------------------------------------------------


def test_a_door_machine_registers_and_its_openings_are_punches(known: SimulatedMachine, monday: None) -> None:
    known.push_version = DOOR_FIRMWARE
    reply = known.ask("cdata", options="all", pushver=DOOR_FIRMWARE, DeviceType="acc")
    assert reply.text.startswith("registry=ok\nRegistryCode=")
    assert known.registers().text.startswith("RegistryCode=")
    assert known.ask("ping").text == "OK"
    assert known.opens_door("7", wall(MONDAY, "07:25:31")).text == "OK: 1"
    assert known.opens_door("7", wall(MONDAY, "07:25:40"), inout=1).text == "OK: 1"
    # A refused card, and an alarm.
    assert known.opens_door("7", wall(MONDAY, "07:25:41"), event=27).text == "OK: 0"
    assert known.opens_door("0", wall(MONDAY, "07:25:42"), event=0).text == "OK: 0"
    assert [kind for kind, *_rest in stored()] == ["undefined", "out"]
    found = Machine.objects.get()
    assert (found.model, found.firmware) == ("SpeedFace V5L", "ZAM170-NF-Ver1.0.9")
    known.say("querydata", b"user uid=1\tcardno=0\tpin=7\tname=Ani\n", type="tabledata", tablename="user", cmdid="1")
    assert MachineUser.objects.get().name == "Ani"
    seconds = ((26 * 12 * 31) + 9 * 31 + 3) * 86_400 + 23 * 3_600 + 26 * 60
    assert known.ask("rtdata", type="time").text == f"DateTime={seconds},ServerTZ=+0800"


# --- contact --------------------------------------------------------------------------------------------------------


def test_the_contact_is_noted_at_most_once_a_minute(
    known: SimulatedMachine, django_assert_num_queries: Any, monday: None
) -> None:
    known.ask("getrequest")
    with django_assert_num_queries(1):
        known.ask("getrequest")
    assert Machine.objects.get().last_contact_at == at(MONDAY, "07:26")


def test_a_unit_knows_the_oldest_of_its_machines_last_contacts(
    known: SimulatedMachine, office: Office, with_role: Any, monday: None
) -> None:
    elsewhere = make_opd("2.02", "Dinas Lain")
    known.ask("getrequest")
    assert last_contacts([office.opd.pk, office.unit.pk, elsewhere.pk]) == {
        office.opd.pk: at(MONDAY, "07:26"),
        office.unit.pk: at(MONDAY, "07:26"),
    }
    actions.register_machine(serial="BELUM-1", name="Aula", unit=office.unit, time_zone="", actor=with_role("bkpsdm"))
    assert last_contacts([office.opd.pk, office.unit.pk]) == {office.opd.pk: at(MONDAY, "07:26"), office.unit.pk: None}
