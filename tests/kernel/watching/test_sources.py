"""What the kernel itself tells of a request: sign-ins, sessions, refusals, decoys, attack tools, exports."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import get_resolver

from control.regions.models import Region
from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.audit.record import Deed, declare_action, record_many
from kernel.delivery.models import OutboxMessage
from kernel.files.actions import store_made
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.state import RegionState
from kernel.watching import account_print, clients, flood, password_bucket, probes
from kernel.watching.emitting import TAKE_IN
from kernel.web.downloads import PDF
from tenants.attendance.access import DOCUMENT_FILE
from tenants.continuity.making import make_kit
from tenants.employees.bank.accounts import AccountDraft, record_account
from tests.cast import PASSWORD, Office, Person
from tests.tenants.attendance.week import documented
from tests.told import told

Commits = Callable[..., Any]


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    flood.forget()
    clients.forget()
    yield
    clients.forget()


@pytest.fixture
def door(manado: RegionState, signed_in: Callable[..., Client]) -> Client:
    return signed_in(None, "manado")


def knock(client: Client, login: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/masuk/", {"login": login, "password": password}, **more)


def test_a_sign_in_tells_who_and_from_where(ani: Person, door: Client) -> None:
    knock(door, ani.user.login, headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"})
    (event,) = told("authn_login_success")
    assert (event["person"], event["subject"]) == (str(ani.user.uid), account_print(ani.user.login))
    assert (event["ip"], event["agent_family"], event["route"]) == ("127.0.0.1", "Windows, Firefox", "account_login")
    assert [event["person"] for event in told("session_created")] == [str(ani.user.uid)]
    assert OutboxMessage.objects.filter(task=TAKE_IN).count() == 1


def test_a_failed_sign_in_tells_the_account_by_its_print_also_when_nobody_has_it(ani: Person, door: Client) -> None:
    knock(door, ani.user.login, "keliru-1")
    knock(door, "199901012020011999", "keliru-1")
    known, unknown = told("authn_login_fail")
    assert known["subject"] == account_print(ani.user.login)
    assert unknown["subject"] == account_print("199901012020011999")
    assert known["facts"] == unknown["facts"] == {"password_bucket": password_bucket("keliru-1")}
    kept = json.dumps([known, unknown])
    assert not any(secret in kept for secret in ("keliru-1", ani.user.login, "199901012020011999"))


def test_an_account_whose_tries_wait_the_longest_is_told(ani: Person, door: Client) -> None:
    moment = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    for minute in range(8):
        with clock.at(moment + timedelta(minutes=2 * minute)):
            knock(door, ani.user.login, f"keliru-{minute}")
    assert len(told("authn_login_fail")) == 8
    assert {event["facts"]["why"] for event in told("authn_login_fail_max")} == {"delay"}


def test_an_operators_sign_in_is_told_on_the_operators_side(operator: User, signed_in: Callable[..., Client]) -> None:
    knock(signed_in(None, None), operator.login)
    with control_scope():
        assert [event["person"] for event in told("authn_login_success")] == [str(operator.uid)]


def test_a_changed_password_is_told_when_it_is_stored(
    ani: Person, signed_in: Callable[..., Client], django_capture_on_commit_callbacks: Commits
) -> None:
    new = {"oldpassword": PASSWORD, "password1": "sebuah-sandi-baru-7", "password2": "sebuah-sandi-baru-7"}
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(ani.user).post("/sandi/ganti/", new)
    (event,) = told("authn_password_change")
    assert (event["person"], event["subject"]) == (str(ani.user.uid), str(ani.user.uid))
    assert "sebuah-sandi-baru-7" not in json.dumps(event)


def test_a_session_that_is_over_is_told(ani: Person, signed_in: Callable[..., Client]) -> None:
    moment = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    with clock.at(moment):
        client = signed_in(ani.user)
        client.get("/")
    with clock.at(moment + timedelta(days=5)):
        client.get("/")
    assert [event["person"] for event in told("session_expired")] == [str(ani.user.uid)]


def test_a_session_that_changes_device_and_network_at_once_ends(ani: Person, door: Client) -> None:
    windows, phone = "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0", "Mozilla/5.0 (Linux; Android 14) Chrome/130.0"
    knock(door, ani.user.login, headers={"user-agent": windows}, REMOTE_ADDR="203.0.113.7")
    assert door.get("/sandi/ganti/", headers={"user-agent": windows}, REMOTE_ADDR="198.51.100.1").status_code == 200
    assert door.get("/sandi/ganti/", headers={"user-agent": phone}, REMOTE_ADDR="198.51.100.9").status_code == 200
    assert told("session_moved") == []
    assert door.get("/sandi/ganti/", headers={"user-agent": windows}, REMOTE_ADDR="192.0.2.1").status_code == 302
    assert [event["person"] for event in told("session_moved")] == [str(ani.user.uid)]


def test_a_refused_page_names_the_permission(dedi: Person, signed_in: Callable[..., Client]) -> None:
    assert signed_in(dedi.user).get("/jejak/").status_code == 403
    (event,) = told("authz_fail")
    assert (event["person"], event["facts"]["permission"]) == (str(dedi.user.uid), "audit.read")


def test_somebody_elses_object_is_told_with_its_uid(
    ani: Person, manado: RegionState, signed_in: Callable[..., Client]
) -> None:
    uid = "019336ac-0000-7000-8000-000000000000"
    assert signed_in(ani.user).get(f"/berkas/{uid}/").status_code == 404
    (event,) = told("cross_tenant_attempt")
    assert (event["subject"], event["severity"], event["person"]) == (uid, "high", str(ani.user.uid))


def test_another_regions_session_is_told_without_its_key(
    ani: Person, banjarmasin: RegionState, signed_in: Callable[..., Client]
) -> None:
    key = signed_in(ani.user).cookies["sessionid"].value
    stranger = signed_in(None, "banjarmasin")
    stranger.cookies["sessionid"] = key
    stranger.get("/masuk/")
    with region_scope(banjarmasin):
        (event,) = told("cross_tenant_session")
        assert key not in json.dumps(event)
    assert told("cross_tenant_session") == []


def test_a_decoy_looks_like_any_unknown_address_and_asks_the_database_for_nothing(
    door: Client, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    unknown = door.get("/tidak-ada-di-sini/")
    # The event itself: a savepoint in this test's transaction, and one row.
    with django_assert_max_num_queries(3):
        decoy = door.get("/wp-login.php")
    assert (decoy.status_code, decoy.headers["Content-Type"]) == (404, unknown.headers["Content-Type"])
    assert [event["facts"]["path"] for event in told("honeypot_hit")] == ["/wp-login.php"]


def test_two_distinct_decoys_and_the_client_is_refused_for_an_hour(
    ani: Person, signed_in: Callable[..., Client], door: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.get("/.env")
    door.get("/.env")
    assert door.get("/sandi/ganti/").status_code == 302
    door.get("/.git/config")
    assert door.get("/sandi/ganti/").status_code == 404
    assert door.get("/masuk/").status_code == 200
    office = signed_in(ani.user)
    assert office.get("/sandi/ganti/").status_code == 200
    assert signed_in(None).get("/sandi/ganti/", headers={"user-agent": "another browser"}).status_code == 302
    moment = time.monotonic()
    monkeypatch.setattr("kernel.watching.clients.time.monotonic", lambda: moment + 3601)
    assert door.get("/sandi/ganti/").status_code == 302


def test_no_page_of_ours_is_a_decoy() -> None:
    for urlconf in ("config.urls_region", "config.urls_operator", "config.urls_lane"):
        patterns = {str(pattern.pattern) for pattern in get_resolver(urlconf).url_patterns}
        assert not [one for one in patterns if probes.is_decoy(f"/{one}") or probes.is_shell_probe(f"/{one}")]


@pytest.mark.parametrize(
    ("path", "is_probe"),
    [
        ("/berkas/x.php", True),
        ("/unggahan/2026/foto.phtml", True),
        ("/media/a.PHP7/x", True),
        ("/uploads/a.jpg.php?cmd=id", True),
        ("/static/kernel/app.js", False),
        ("/berkas/019336ac-0000-7000-8000-000000000000/", False),
        ("/jejak/php/", False),
    ],
)
def test_a_script_where_uploads_lie_is_a_probe(path: str, is_probe: bool) -> None:
    assert probes.is_shell_probe(path) is is_probe


@pytest.mark.parametrize(
    ("path", "query", "kind"),
    [
        ("/", "q=../../../../x", "traversal"),
        ("/x/%2e%2e%2f%2e%2e%2fy", "", "traversal"),
        ("/", "id=1+UNION+ALL+SELECT+1", "sql"),
        ("/", "q=%3Cscript%3E1", "script"),
        ("/", "q=%253Cscript%253E1", "script"),
        ("/", "q=%7B%7B7*7%7D%7D", "template"),
        ("/", "q=persatuan+guru+dan+seleksi", ""),
        ("/", "cari=Union+Busana%2C+Select+Mart+Jl.+A..B", ""),
        ("/", "bulan=2026-11&setelah=WyIyMDI2Il0", ""),
    ],
)
def test_payloads_in_an_address_are_recognised(path: str, query: str, kind: str) -> None:
    assert probes.payload_of(path, query) == kind


def test_an_attack_tool_is_told_once_with_how_it_was_answered(door: Client) -> None:
    for _ in range(3):
        door.get("/masuk/?q=%3Cscript%3E", headers={"user-agent": "sqlmap/1.8"})
    (event,) = told("malicious_attack_tool")
    assert event["facts"] == {"tool": "sqlmap", "payload": "script", "status": 200, "path": "/masuk/"}


def test_a_client_that_is_nearly_always_refused_is_told_once(door: Client) -> None:
    for number in range(70):
        door.get(f"/tidak-ada-{number}/")
    (event,) = told("malicious_excess_404")
    assert event["facts"] == {"requests": 61, "refused": 61}


def test_an_office_behind_one_address_is_no_burst(door: Client) -> None:
    for number in range(65):
        door.get(f"/tidak-ada-{number}/", headers={"user-agent": f"browser {number % 5}"})
    assert told("malicious_excess_404") == []


def test_a_list_that_leaves_the_platform_is_told_with_its_rows(
    ani: Person, budi: Person, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    official = with_role("bkpsdm")
    response = signed_in(official).get("/cuti/saldo/contoh.xlsx")
    (event,) = told("export_completed")
    assert (event["person"], event["route"]) == (str(official.uid), "leave-template")
    assert event["facts"] == {"rows": 2, "bytes": len(response.content)}


def test_a_form_that_another_site_sends_is_told_and_one_that_is_merely_old_is_not(manado: RegionState) -> None:
    careful = Client(enforce_csrf_checks=True, headers={"host": "manado.localhost"})
    for origin in ("http://manado.localhost", "https://situs-lain.example", "https://situs-lain.example"):
        assert careful.post("/masuk/", {"login": "x"}, headers={"origin": origin}).status_code == 403
    (event,) = told("malicious_cors")
    assert event["facts"] == {"path": "/masuk/"}


def test_a_role_that_is_given_is_told_when_it_is_stored(
    dedi: Person,
    with_role: Callable[..., User],
    signed_in: Callable[..., Client],
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    official = with_role("bkpsdm")
    monkeypatch.setattr("kernel.delivery.outbox.relay_soon", lambda: None)
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in(official).post(f"/akun/{dedi.user.uid}/peran/beri/", {"role": "inspektorat", "opd": ""})
    assert answer.status_code == 302
    (event,) = told("role_granted")
    assert (event["person"], event["subject"]) == (str(official.uid), str(dedi.user.uid))
    assert (event["facts"]["role"], event["facts"]["to_self"]) == ("inspektorat", False)


def test_a_list_that_is_held_back_was_asked_for_and_did_not_leave(
    manado: RegionState, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    client = signed_in(with_role("bkpsdm"))
    with control_scope():
        Region.objects.filter(pk=manado.number).update(measures={"exports_off": {"reason": "Diperiksa", "until": None}})
    registry.forget()
    assert client.get("/cuti/saldo/contoh.xlsx").status_code == 403
    (event,) = told("export_requested")
    assert event["facts"]["held_back"] is True
    assert told("export_completed") == []


def test_a_kit_that_is_fetched_is_told_with_how_many_people_are_in_it(
    office: Office,
    ani: Person,
    budi: Person,
    with_role: Callable[..., User],
    signed_in: Callable[..., Client],
    django_capture_on_commit_callbacks: Commits,
) -> None:
    kit = make_kit(opd=office.opd, actor=System("tests"))
    fetcher = with_role("operator_opd", opd=office.opd)
    with django_capture_on_commit_callbacks(execute=True):
        b"".join(signed_in(fetcher).get(f"/cadangan/{kit.uid}.zip").streaming_content)  # type: ignore[attr-defined]
    (asked,), (left,) = told("export_requested"), told("export_completed")
    assert (asked["person"], asked["subject"]) == (str(fetcher.uid), str(kit.uid))
    assert asked["facts"]["people"] == left["facts"]["rows"] == kit.people


def test_whoever_opens_another_persons_letter_is_told_once(
    ani: Person, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    letter = store_made(
        content=ContentFile(b"%PDF-1.4", "surat-sakit.pdf"), purpose=DOCUMENT_FILE, owner=ani.user, kind=PDF
    )
    documented(ani.employee, "S", date(2026, 11, 19), date(2026, 11, 20), file=letter)
    official = with_role("bkpsdm")
    for user in (ani.user, official, official):
        assert signed_in(user).get(f"/berkas/{letter.uid}/").status_code == 302
    (event,) = told("sensitive_read")
    assert (event["person"], event["subject"]) == (str(official.uid), str(letter.uid))
    assert event["facts"] == {"purpose": DOCUMENT_FILE, "count": 1}


def test_account_numbers_on_a_page_are_told_by_how_many_were_shown(
    ani: Person,
    budi: Person,
    with_role: Callable[..., User],
    signed_in: Callable[..., Client],
    django_capture_on_commit_callbacks: Commits,
) -> None:
    recorder, second = with_role("bkpsdm"), with_role("bpkad")
    with django_capture_on_commit_callbacks(execute=True):
        for one in (ani, budi):
            record_account(
                employee_uid=one.employee.uid,
                draft=AccountDraft("127", "Bank SulutGo", "0012345678", "Ani", first=date(2024, 1, 1)),
                actor=recorder,
            )
    assert [event["person"] for event in told("sensitive_create")] == 2 * [str(recorder.uid)]
    signed_in(second).get("/pegawai/rekening/")
    (event,) = told("sensitive_read")
    assert (event["person"], event["facts"]) == (str(second.uid), {"what": "bank accounts", "count": 2})
    assert "0012345678" not in json.dumps([event, *told("sensitive_create")])


def test_a_sheet_of_many_rows_of_data_is_one_event(
    ani: Person, budi: Person, django_capture_on_commit_callbacks: Commits
) -> None:
    declare_action("tests.sensitive", "Uji", event="sensitive_update")
    with django_capture_on_commit_callbacks(execute=True):
        record_many("tests.sensitive", actor=ani.user, deeds=[Deed(ani.employee), Deed(budi.employee)])
    (event,) = told("sensitive_update")
    assert event["facts"] == {"action": "tests.sensitive", "count": 2}
