"""The audit log is sealed in a chain, and whoever changes it afterwards is found out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.audit import keys, sealing
from kernel.audit.models import AuditCheck, AuditEvent, AuditSeal
from kernel.audit.record import Deed, declare_action, record, record_many
from kernel.audit.sealing import seal
from kernel.audit.tasks import verify_everywhere
from kernel.audit.verifying import Break, Kind, verify
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.state import RegionState
from tests.cast import Office
from tests.told import told

DEED = declare_action("tests.sealed", "Dicoba untuk segel")


def write(count: int) -> list[int]:
    """So many entries; their ids in order."""
    for number in range(count):
        record(DEED, actor=System("tests"), before={"n": 1.5}, after={"n": number}, note=f"catatan {number} é")
    return list(AuditEvent.objects.filter(action=DEED).order_by("id").values_list("id", flat=True))[-count:]


def forge(statement: str, *values: int) -> None:
    """What somebody does who owns the tables: past the triggers."""
    with connection.cursor() as cursor:
        for table in ("audit_auditevent", "audit_auditseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)


def found() -> Break | None:
    return verify().broken


def test_every_entry_comes_under_a_seal_once(manado: RegionState, seal_key: Path) -> None:
    before = AuditEvent.objects.count()
    write(3)
    assert seal() == before + 3
    assert seal() == 0
    write(2)
    assert seal() == 2
    first, second = AuditSeal.objects.order_by("number")
    assert (first.number, second.number, second.previous) == (1, 2, first.digest)
    verdict = verify()
    assert (verdict.seals, verdict.entries, verdict.unsealed, verdict.broken) == (2, before + 5, 0, None)


def test_a_long_log_is_sealed_in_batches(manado: RegionState, seal_key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seal()
    monkeypatch.setattr(sealing, "BATCH", 4)
    record_many(DEED, actor=System("tests"), deeds=[Deed(None, note=str(number)) for number in range(10)])
    assert seal() == 10
    assert list(AuditSeal.objects.order_by("number").values_list("entries", flat=True))[-3:] == [4, 4, 2]
    assert found() is None


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE audit_auditevent SET note = 'lain' WHERE id = %s", Kind.CHANGED),
        ("UPDATE audit_auditevent SET at = at + interval '1 microsecond' WHERE id = %s", Kind.CHANGED),
        ("""UPDATE audit_auditevent SET before = '{"n": 1.6}' WHERE id = %s""", Kind.CHANGED),
        ("UPDATE audit_auditevent SET origin = '192.0.2.1' WHERE id = %s", Kind.CHANGED),
        ("DELETE FROM audit_auditevent WHERE id = %s", Kind.MISSING),
    ],
)
def test_the_first_entry_that_was_touched_is_named(
    manado: RegionState, seal_key: Path, statement: str, kind: Kind
) -> None:
    seal()
    ids = write(5)
    seal()
    write(2)
    seal()
    forge(statement, ids[2])
    forge("UPDATE audit_auditevent SET note = 'juga' WHERE id = %s", ids[4])
    assert found() == Break(kind, 2, ids[2])


def test_an_entry_slipped_in_later_is_named(manado: RegionState, seal_key: Path) -> None:
    ids = write(3)
    forge("DELETE FROM audit_auditevent WHERE id = %s", ids[1])
    seal()
    assert found() is None
    forge(
        "INSERT INTO audit_auditevent SELECT (jsonb_populate_record(e, jsonb_build_object('id', %s::bigint))).* "
        "FROM audit_auditevent e WHERE id = %s",
        ids[1],
        ids[0],
    )
    assert found() == Break(Kind.ADDED, 1, ids[1])


def test_a_seal_made_by_who_has_the_database_alone_does_not_count(manado: RegionState, seal_key: Path) -> None:
    ids = write(3)
    seal()
    seal_key.rename(seal_key.with_name("kept.pem"))
    keys.forget()
    forge("UPDATE audit_auditevent SET note = 'lain' WHERE id = %s", ids[0])
    forge("DELETE FROM audit_auditseal")
    seal()
    seal_key.with_name("kept.pem").replace(seal_key)
    keys.forget()
    assert found() == Break(Kind.SEAL_FORGED, 1)


def test_a_changed_seal_is_named(manado: RegionState, seal_key: Path) -> None:
    write(1)
    seal()
    write(1)
    seal()
    forge("UPDATE audit_auditseal SET entries = entries + 1 WHERE number = 1")
    assert found() == Break(Kind.SEAL_CHANGED, 1)


def test_a_seal_taken_out_of_the_middle_is_named(manado: RegionState, seal_key: Path) -> None:
    for _ in range(3):
        write(1)
        seal()
    forge("DELETE FROM audit_auditseal WHERE number = 2")
    assert found() == Break(Kind.SEAL_MISSING, 2)


def test_the_newest_seals_cannot_be_cut_off(
    manado: RegionState, seal_key: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        write(1)
        seal()
        (last,) = write(1)
        seal()
    assert found() is None
    forge("DELETE FROM audit_auditseal WHERE number = 2")
    forge("DELETE FROM audit_auditevent WHERE id = %s", last)
    assert found() == Break(Kind.SEAL_MISSING, 2)


def test_a_seal_of_another_region_does_not_count(manado: RegionState, banjarmasin: RegionState, seal_key: Path) -> None:
    write(2)
    seal()
    theirs = AuditSeal.objects.get(number=1)
    with region_scope(banjarmasin):
        theirs.save(force_insert=True)
        assert found() == Break(Kind.SEAL_FORGED, 1)


def test_seals_of_a_former_key_count_when_its_public_half_is_kept(
    manado: RegionState, seal_key: Path, settings: Any, tmp_path: Path
) -> None:
    write(1)
    seal()
    former = keys.public_text(keys.signing_key().public_key())
    seal_key.unlink()
    keys.forget()
    write(1)
    seal()
    assert found() == Break(Kind.SEAL_FORGED, 1)
    settings.AUDIT_SEAL_FORMER_KEYS_FILE = str(tmp_path / "former")
    (tmp_path / "former").write_text(f"{former}\n")
    assert found() is None


@pytest.mark.parametrize("table", ["audit_auditevent", "audit_auditseal"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {}", "TRUNCATE {}"])
def test_the_tables_take_no_change(manado: RegionState, seal_key: Path, table: str, statement: str) -> None:
    write(1)
    seal()
    same = "note = note" if table == "audit_auditevent" else "root = root"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, same))


def test_the_operators_log_is_sealed_too(db: None, seal_key: Path) -> None:
    with control_scope():
        write(2)
        assert seal() >= 2
        assert found() is None
        assert AuditSeal.objects.get().side == "control"


def test_without_its_key_nothing_is_sealed(manado: RegionState, seal_key: Path, settings: Any) -> None:
    settings.AUDIT_SEAL_KEY_IS_MADE = False
    write(1)
    with pytest.raises(ImproperlyConfigured, match="AUDIT_SEAL_KEY_FILE"):
        seal()
    assert not AuditSeal.objects.exists()


def test_an_entry_that_is_still_being_written_is_waited_for(
    fresh_region: RegionState, seal_key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "WAIT_SECONDS", 0.2)
    is_written, may_end = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with region_scope(fresh_region), transaction.atomic():
            write(1)
            is_written.set()
            may_end.wait(30)
        connection.close()

    slow = threading.Thread(target=write_slowly)
    slow.start()
    try:
        assert is_written.wait(30)
        # Its id is smaller than this one's: a seal over this one would call it slipped in later.
        write(1)
        assert seal() == 0
    finally:
        may_end.set()
        slow.join(30)
    assert seal() == AuditEvent.objects.count()
    assert found() is None


def test_the_command_names_the_first_broken_entry(manado: RegionState, seal_key: Path) -> None:
    ids = write(2)
    seal()
    out = StringIO()
    call_command("verify_audit", "manado", stdout=out)
    assert "hold, 0 not sealed yet" in out.getvalue()
    forge("UPDATE audit_auditevent SET note = 'lain' WHERE id = %s", ids[1])
    with pytest.raises(CommandError, match="1 audit logs are broken"):
        call_command("verify_audit", "manado", stdout=out)
    assert f"manado: BROKEN: entry {ids[1]} was changed after it was sealed (seal 1)" in out.getvalue()


def test_the_region_sees_its_seals_and_finds_the_one_it_kept(
    office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client], seal_key: Path
) -> None:
    browser = signed_in(with_role("diskominfo"))
    assert "Belum ada segel" in browser.get("/jejak/segel/").content.decode()
    seal()
    kept = AuditSeal.objects.get()
    assert "segel 1" in browser.get("/jejak/").content.decode()
    spaced = f"{kept.digest[:32]} {kept.digest[32:].upper()}"
    assert "Sidik itu milik segel 1" in browser.get("/jejak/segel/", {"sidik": spaced}).content.decode()
    assert "Tidak ada segel dengan sidik itu" in browser.get("/jejak/segel/", {"sidik": "0" * 64}).content.decode()


def test_the_page_says_whether_the_chain_holds(
    office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client], seal_key: Path
) -> None:
    browser = signed_in(with_role("diskominfo"))
    (entry,) = write(1)
    seal()
    verify()
    assert "Segel utuh" in browser.get("/jejak/segel/").content.decode()
    forge("UPDATE audit_auditevent SET note = 'lain' WHERE id = %s", entry)
    verify()
    assert f"Catatan nomor {entry} berubah setelah disegel" in browser.get("/jejak/segel/").content.decode()
    assert AuditCheck.objects.get(is_whole=True).broken == "changed"


def test_a_broken_chain_is_a_security_event_of_its_side(manado: RegionState, seal_key: Path) -> None:
    (entry,) = write(1)
    seal()
    forge("UPDATE audit_auditevent SET note = 'lain' WHERE id = %s", entry)
    verify_everywhere()
    (event,) = told()
    assert (event["name"], event["severity"]) == ("audit_chain_broken", "critical")
    assert event["facts"] == {"what": "changed", "seal": 1, "entry": entry}
