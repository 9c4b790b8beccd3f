"""Measures over one region through the operators' pages: what they do there, and that nobody else notices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from control.containment import actions
from control.containment.catalogue import KINDS
from control.containment.models import Imposition
from control.containment.targets import Targets
from control.regions.models import Region
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.ids import new_uid
from kernel.measures import ExportsOff, Measure, refuse_exports, terms_of
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, current_region, region_scope
from kernel.watching import gathering
from tenants.punches.models import PhoneKey, Punch
from tests.cast import Office, Person, make_nip, make_user
from tests.tenants.punches.signing import SigningPhone

SignedIn = Callable[..., Client]
TOGGLES = ["read_only", "uploads_off", "hold_text", "public_pages_off", "exports_off", "fallback"]


@pytest.fixture
def console(
    operator: User, signed_in: SignedIn, django_capture_on_commit_callbacks: Callable[..., Any]
) -> Callable[..., Any]:
    """Posts as an operator, and what waits for the commit happens."""
    client = signed_in(operator, None)

    def post(path: str, form: dict[str, Any] | None = None, by: Client | None = None) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return (by or client).post(path, form or {})

    return post


def asked(**more: Any) -> dict[str, Any]:
    """A measure's form as a browser sends it."""
    return {
        "step": "impose",
        "reason": "Berkas judi ditemukan",
        "hours": "24",
        "key": str(new_uid()),
        "minutes_apart": "0",
        **more,
    }


def impose(console: Callable[..., Any], measure: str, region: str = "manado", **more: Any) -> Any:
    return console(f"/wilayah/{region}/pengendalian/{measure}/", asked(**more))


def the_one() -> Imposition:
    with control_scope():
        return Imposition.objects.select_related("region").get()


def phone_of(person: Person, client: Client) -> SigningPhone:
    """A phone of this person that the region knows."""
    phone = SigningPhone("manado", clock.now())
    phone.hold(client.get("/absen/tanda/").json()["mark"])
    told = client.post("/absen/hp/", {"jwk": phone.jwk, "label": "Chrome"}, content_type="application/json").json()
    phone.device = told["device"]
    return phone


def sent(client: Client, phone: SigningPhone) -> str:
    answer = client.post("/absen/kirim/", phone.envelope(phone.event()), content_type="application/json")
    return str(answer.json()["answers"][0]["state"])


@pytest.mark.parametrize("measure", [*TOGGLES, "signed_out", "networks_blocked"])
def test_whatever_stands_in_a_region_a_signed_punch_is_taken_and_the_other_region_is_served_as_before(
    console: Callable[..., Any],
    office: Office,
    ani: Person,
    eka: Person,
    signed_in: SignedIn,
    measure: str,
) -> None:
    phone, elsewhere = phone_of(ani, signed_in(ani.user)), signed_in(eka.user, "banjarmasin")
    elsewhere.get("/")
    with CaptureQueriesContext(connection) as before:
        assert elsewhere.get("/").status_code == 200
    sent(signed_in(None), phone)
    with CaptureQueriesContext(connection) as lane_before:
        sent(signed_in(None), phone)
    more = {"networks": "127.0.0.0/16", "hours": "4"} if measure == "networks_blocked" else {}
    more = {"hours": "336"} if measure == "signed_out" else more
    assert impose(console, measure, **more).status_code == 302
    with region_scope(registry.region_by_code("manado")):
        assert terms_of(Measure(measure)) is not None
        registry.snapshot()
        with CaptureQueriesContext(connection) as lane_after:
            assert sent(signed_in(None), phone) == "accepted"
        assert len(lane_after) == len(lane_before)
        assert Punch.objects.count() == 3
    with region_scope(registry.region_by_code("banjarmasin")):
        assert terms_of(Measure(measure)) is None
    with CaptureQueriesContext(connection) as after:
        assert elsewhere.get("/").status_code == 200
    assert len(after) == len(before)


def test_a_read_only_region_open_in_read_only_and_refuses_the_rest_with_the_reason(
    console: Callable[..., Any], office: Office, ani: Person, signed_in: SignedIn
) -> None:
    client = signed_in(ani.user)
    impose(console, "read_only")
    phone = phone_of(ani, client)
    assert sent(client, phone) == "accepted"
    assert client.post("/absen/", {"kind": "in", "uid": str(new_uid())}).status_code == 302
    assert client.post("/absen/pin/", {}).status_code != 403
    machine = signed_in(None).post(
        "/iclock/cdata?SN=ABC123&table=ATTLOG&Stamp=1", "9\t2026-11-23 07:30:00\t0\t1\n", content_type="text/plain"
    )
    assert machine.status_code == 200
    refused = client.post("/aktivitas/kirim/", {})
    assert refused.status_code == 403
    assert "Berkas judi ditemukan" in refused.content.decode()
    assert "Absen tetap diterima" in client.get("/").content.decode()


def test_a_measure_is_in_the_trail_of_both_sides_with_its_reason(console: Callable[..., Any], office: Office) -> None:
    impose(console, "uploads_off")
    console(f"/pengendalian/{the_one().uid}/cabut/", {"reason": "Bersih"})
    with control_scope():
        kept = list(AuditEvent.objects.filter(action__startswith="containment.").order_by("id"))
    with region_scope(registry.region_by_code("manado")):
        there = list(AuditEvent.objects.filter(action__startswith="containment.").order_by("id"))
    for trail in (kept, there):
        assert [(event.action, event.note) for event in trail] == [
            ("containment.applied", "Berkas judi ditemukan"),
            ("containment.lifted", "Bersih"),
        ]
    assert there[0].actor_name == "Operator platform: Operator"


def test_imposing_and_lifting_are_security_events_of_the_region(operator: User, office: Office) -> None:
    with control_scope(), gathering(work="tests") as gathered:
        made = actions.impose(region="manado", measure="uploads_off", reason="Berkas judi", actor=operator)
        actions.lift(uid=made.uid, reason="Bersih", actor=operator)
        told = [event for _side, event in gathered.events]
        gathered.events.clear()
    assert [(event["name"], event["region"], event["subject"], event["facts"]["reason"]) for event in told] == [
        ("containment_applied", "manado", str(made.uid), "Berkas judi"),
        ("containment_lifted", "manado", str(made.uid), "Bersih"),
    ]


def test_lifted_it_stands_no_more_and_lifting_again_changes_nothing(
    console: Callable[..., Any], office: Office
) -> None:
    impose(console, "hold_text")
    for _turn in range(2):
        assert console(f"/pengendalian/{the_one().uid}/cabut/")["Location"] == "/wilayah/manado/pengendalian/"
    assert not registry.region_by_code("manado").measures
    with control_scope():
        assert AuditEvent.objects.filter(action="containment.lifted").count() == 1


def test_the_same_form_sent_twice_imposes_once(console: Callable[..., Any], office: Office) -> None:
    form = asked()
    for _turn in range(2):
        assert console("/wilayah/manado/pengendalian/read_only/", form).status_code == 302
    assert the_one().measure == "read_only"
    with control_scope():
        assert AuditEvent.objects.filter(action="containment.applied").count() == 1


def test_what_stands_already_is_said_and_not_doubled(console: Callable[..., Any], office: Office) -> None:
    impose(console, "read_only")
    again = impose(console, "read_only")
    assert again.status_code == 422
    assert "sudah berlaku" in again.content.decode()


def test_without_a_reason_nothing_is_imposed(console: Callable[..., Any], office: Office) -> None:
    answer = impose(console, "read_only", reason=" ")
    assert answer.status_code == 422
    assert "alasan" in str(answer.context["form"].errors["reason"]).lower()
    assert not registry.region_by_code("manado").measures


def test_a_measure_ends_by_itself_for_the_code_at_once_and_for_the_list_with_the_beat(
    console: Callable[..., Any], office: Office
) -> None:
    impose(console, "exports_off", hours="4")
    manado = registry.region_by_code("manado")
    with region_scope(manado):
        with pytest.raises(ExportsOff, match="Berkas judi"):
            refuse_exports()
        with clock.at(clock.now() + timedelta(hours=4, seconds=1)):
            refuse_exports()
            with control_scope():
                assert actions.let_run_out() == 1
                assert actions.let_run_out() == 0
    assert the_one().lifted_by == "containment"
    with control_scope():
        assert Region.objects.get(code="manado").measures == {}
        assert AuditEvent.objects.filter(action="containment.ran_out").count() == 1


def test_a_region_in_which_an_end_fails_does_not_keep_the_next_one_contained(
    console: Callable[..., Any], office: Office, ani: Person, eka: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    impose(console, "accounts_locked", hours="4", logins=ani.user.login)
    impose(console, "accounts_locked", region="banjarmasin", hours="4", logins=eka.user.login)
    undo = KINDS["accounts_locked"].undo
    assert undo is not None

    def fails_in_manado(terms: Any) -> None:
        if current_region().code == "manado":
            raise ZeroDivisionError
        undo(terms)

    monkeypatch.setitem(KINDS, "accounts_locked", replace(KINDS["accounts_locked"], undo=fails_in_manado))
    with clock.at(clock.now() + timedelta(hours=4, seconds=1)), control_scope():
        assert actions.let_run_out() == 1
        assert Imposition.objects.get(lifted_at__isnull=True).region.code == "manado"
    with region_scope(registry.region_by_code("banjarmasin")):
        eka.user.refresh_from_db()
        assert eka.user.is_active


def test_everybody_is_signed_out_and_signs_in_again(
    console: Callable[..., Any], office: Office, ani: Person, eka: Person, signed_in: SignedIn
) -> None:
    client, elsewhere = signed_in(ani.user), signed_in(eka.user, "banjarmasin")
    client.get("/")
    elsewhere.get("/")
    impose(console, "signed_out", hours="336")
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/tpp/")["Location"].startswith("/masuk/")
    # What ends the session is what any request reads anyway: the session and its person.
    read = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    assert all("django_session" in sql or "accounts_" in sql for sql in read), read
    assert elsewhere.get("/").status_code == 200
    assert signed_in(ani.user).get("/").status_code == 200


def test_a_person_can_be_signed_out_alone(
    console: Callable[..., Any], office: Office, ani: Person, budi: Person, signed_in: SignedIn
) -> None:
    hers, his = signed_in(ani.user), signed_in(budi.user)
    hers.get("/")
    his.get("/")
    impose(console, "signed_out", hours="336", logins=ani.user.login)
    assert hers.get("/").status_code == 302
    assert his.get("/").status_code == 200
    assert not registry.region_by_code("manado").measures


def test_an_opd_can_be_signed_out_alone(
    console: Callable[..., Any], office: Office, ani: Person, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    hers, official = signed_in(ani.user), signed_in(with_role("bkpsdm"))
    hers.get("/")
    official.get("/jejak/")
    impose(console, "signed_out", hours="336", opd=str(office.opd.uid))
    assert hers.get("/").status_code == 302
    assert official.get("/jejak/").status_code == 200


def test_a_locked_account_is_closed_at_once_and_opened_again_by_lifting(
    console: Callable[..., Any], office: Office, ani: Person, budi: Person, signed_in: SignedIn
) -> None:
    hers, his = signed_in(ani.user), signed_in(budi.user)
    phone = phone_of(ani, hers)
    impose(console, "accounts_locked", hours="0", logins=f"{ani.user.login}\n")
    assert hers.get("/").status_code == 302
    assert sent(hers, phone) == "accepted"
    assert his.get("/").status_code == 200
    console(f"/pengendalian/{the_one().uid}/cabut/")
    ani.user.refresh_from_db()
    assert ani.user.is_active


def test_lifting_opens_no_account_that_was_closed_before(
    console: Callable[..., Any], office: Office, ani: Person, budi: Person
) -> None:
    impose(console, "accounts_locked", hours="0", logins=ani.user.login)
    User.objects.filter(pk=budi.user.pk).update(is_active=False)
    console(f"/pengendalian/{the_one().uid}/cabut/")
    budi.user.refresh_from_db()
    assert not budi.user.is_active


def test_an_account_is_named_by_its_nip_or_as_the_incident_knows_it(
    console: Callable[..., Any], office: Office, ani: Person, budi: Person
) -> None:
    named = f"{ani.user.login} {str(ani.user.uid).upper()}\n{budi.user.uid}"
    impose(console, "accounts_locked", hours="0", logins=named)
    for person in (ani, budi):
        person.user.refresh_from_db()
        assert not person.user.is_active
    assert the_one().terms["locked"] == [str(ani.user.uid), str(budi.user.uid)]


def test_the_region_knows_whose_accounts_are_locked_until_the_last_measure_is_lifted(
    console: Callable[..., Any],
    office: Office,
    ani: Person,
    budi: Person,
    with_role: Callable[..., User],
    signed_in: SignedIn,
) -> None:
    official = signed_in(with_role("diskominfo"))
    for person in (ani, budi):
        impose(console, "accounts_locked", hours="0", logins=person.user.login)
    said = official.get("/keamanan/").content.decode()
    assert f"{ani.user.display_name}, {budi.user.display_name}" in said
    with control_scope():
        standing = list(Imposition.objects.order_by("id"))
    console(f"/pengendalian/{standing[0].uid}/cabut/")
    said = official.get("/keamanan/").content.decode()
    assert f"<b>Akun dikunci</b>: {budi.user.display_name}" in said
    console(f"/pengendalian/{standing[1].uid}/cabut/")
    assert "Tidak ada tindakan yang berlaku" in official.get("/keamanan/").content.decode()


def test_an_account_that_is_not_there_is_said_beside_the_field(console: Callable[..., Any], eka: Person) -> None:
    for name in (eka.user.login, str(eka.user.uid)):
        answer = impose(console, "accounts_locked", hours="0", logins=name)
        assert answer.status_code == 422
        assert name in str(answer.context["form"].errors["logins"])


def test_renewed_credentials_of_an_opd(
    console: Callable[..., Any], office: Office, ani: Person, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    client, official = signed_in(ani.user), with_role("bkpsdm")
    phone = phone_of(ani, client)
    impose(
        console,
        "credentials_renewed",
        hours="0",
        credentials=["sessions", "passwords", "phones", "machines", "codes"],
        opd=str(office.opd.uid),
    )
    assert client.get("/").status_code == 302
    again = signed_in(User.objects.get(pk=ani.user.pk))
    assert again.get("/")["Location"] == "/sandi/ganti/"
    assert PhoneKey.objects.get().state == PhoneKey.State.PENDING
    assert sent(client, phone) == "accepted"
    official.refresh_from_db()
    assert not official.must_change_password
    done = the_one()
    assert done.terms["renewed"] == {"sessions": 1, "passwords": 1, "phones": 1, "machines": 0, "codes": 0}
    assert done.lifted_at is not None


def test_renewal_by_stages_takes_one_opd_at_a_time(
    console: Callable[..., Any], office: Office, ani: Person, with_role: Callable[..., User]
) -> None:
    official = with_role("bkpsdm")
    start = clock.now()
    with clock.at(start):
        impose(console, "credentials_renewed", hours="0", credentials=["passwords"], minutes_apart="15")
        with control_scope():
            assert actions.take_due_steps() == 1
            assert actions.take_due_steps() == 0
    ani.user.refresh_from_db()
    official.refresh_from_db()
    assert (ani.user.must_change_password, official.must_change_password) == (True, False)
    with clock.at(start + timedelta(minutes=15)), control_scope():
        assert actions.take_due_steps() == 1
    official.refresh_from_db()
    assert official.must_change_password
    assert the_one().lifted_at is not None


def test_pages_are_closed_to_a_blocked_network_and_punches_are_not(
    console: Callable[..., Any], office: Office, ani: Person, signed_in: SignedIn, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = signed_in(ani.user)
    phone = phone_of(ani, client)
    impose(console, "networks_blocked", hours="4", networks="203.0.113.0/24 198.51.100.7")
    blocked = {"X-Forwarded-For": "203.0.113.9"}
    assert client.get("/", headers=blocked).status_code == 403
    assert client.get("/masuk/", headers=blocked).status_code == 403
    assert client.get("/", headers={"X-Forwarded-For": "203.0.114.9"}).status_code == 200
    answer = client.post(
        "/absen/kirim/", phone.envelope(phone.event()), content_type="application/json", headers=blocked
    )
    assert answer.json()["answers"][0]["state"] == "accepted"


@pytest.mark.parametrize("forged", ["10.0.0.1, 203.0.113.9", "::1, 8.8.8.8, 203.0.113.9", "bukan alamat, 203.0.113.9"])
def test_a_forged_forwarded_address_does_not_help(
    console: Callable[..., Any], office: Office, signed_in: SignedIn, settings: Any, forged: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    impose(console, "networks_blocked", hours="4", networks="203.0.113.0/24")
    assert signed_in(None).get("/masuk/", headers={"X-Forwarded-For": forged}).status_code == 403


def test_two_blocked_networks_stand_side_by_side_and_end_apart(console: Callable[..., Any], office: Office) -> None:
    impose(console, "networks_blocked", hours="4", networks="203.0.113.0/24")
    impose(console, "networks_blocked", hours="24", networks="2001:db8:12::/48")
    assert registry.region_by_code("manado").measures["networks_blocked"]["networks"] == [
        "203.0.113.0/24",
        "2001:db8:12::/48",
    ]
    with control_scope():
        first = Imposition.objects.order_by("imposed_at")[0]
    console(f"/pengendalian/{first.uid}/cabut/")
    assert registry.region_by_code("manado").measures["networks_blocked"]["networks"] == ["2001:db8:12::/48"]


@pytest.mark.parametrize("text", ["203.0.113.0/33", "kantor", "203.0.113.0/24 kantor"])
def test_what_is_no_network_is_said_beside_the_field(console: Callable[..., Any], office: Office, text: str) -> None:
    answer = impose(console, "networks_blocked", hours="4", networks=text)
    assert answer.status_code == 422
    assert "CIDR" in str(answer.context["form"].errors["networks"])


def test_public_pages_say_503_and_people_work_on(
    console: Callable[..., Any], office: Office, ani: Person, signed_in: SignedIn
) -> None:
    impose(console, "public_pages_off")
    closed = signed_in(None).get("/periksa/")
    assert (closed.status_code, closed["Retry-After"]) == (503, "3600")
    assert "Berkas judi ditemukan" in closed.content.decode()
    assert signed_in(None).get("/masuk/").status_code == 200
    assert signed_in(ani.user).get("/").status_code == 200


def test_no_list_leaves_the_region_and_pages_stay_readable(
    console: Callable[..., Any], office: Office, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    official = signed_in(with_role("bkpsdm"))
    assert official.get("/pegawai/impor/contoh.xlsx").status_code == 200
    impose(console, "exports_off")
    held = official.get("/pegawai/impor/contoh.xlsx")
    assert held.status_code == 403
    assert "Content-Disposition" not in held.headers
    assert "Berkas judi ditemukan" in held.content.decode()
    assert official.get("/jejak/").status_code == 200


@pytest.mark.parametrize("measure", sorted(KINDS))
def test_every_measure_shows_whom_it_concerns_before_anything_happens(
    operator: User, ani: Person, eka: Person, signed_in: SignedIn, measure: str
) -> None:
    client = signed_in(operator, None)
    form = {
        "step": "preview",
        "reason": "Uji",
        "hours": str(KINDS[measure].hours or 0),
        "key": str(new_uid()),
        "logins": ani.user.login if "logins" in KINDS[measure].asks else "",
        "networks": "203.0.113.0/24",
        "credentials": ["passwords"],
        "minutes_apart": "0",
    }
    answer = client.post(f"/wilayah/manado/pengendalian/{measure}/", form)
    assert answer.status_code == 200, answer.context["form"].errors
    said = answer.content.decode()
    assert "0 di wilayah lain" in said
    with region_scope(registry.region_by_code("manado")):
        assert answer.context["seen"].total == User.objects.filter(is_active=True).count()
    with control_scope():
        assert not Imposition.objects.exists()


def test_the_page_of_a_region_shows_what_stands_and_what_was(
    console: Callable[..., Any], operator: User, office: Office, signed_in: SignedIn
) -> None:
    impose(console, "read_only")
    impose(console, "uploads_off")
    with control_scope():
        one = Imposition.objects.get(measure="uploads_off")
    console(f"/pengendalian/{one.uid}/cabut/", {"reason": "Bersih"})
    page = signed_in(operator, None).get("/wilayah/manado/pengendalian/")
    assert [row.measure for row in page.context["standing"]] == ["read_only"]
    assert [row.measure for row in page.context["past"]] == ["uploads_off"]
    assert "Kota Manado" in signed_in(operator, None).get("/pengendalian/").content.decode()


def test_an_incident_is_remembered(console: Callable[..., Any], office: Office) -> None:
    from control.containment.listing import of_incident

    incident = new_uid()
    impose(console, "read_only", incident=str(incident))
    with control_scope():
        assert [one.label for one in of_incident(incident)] == ["Hanya-baca"]


def test_the_platform_itself_blocks_a_network_for_a_while(office: Office) -> None:
    """As a detection does: without an operator, and so never beyond what one operator may do."""
    from kernel.accounts.actors import System

    until: datetime = clock.now() + timedelta(hours=1)
    with control_scope():
        made = actions.impose(
            region="manado",
            measure="networks_blocked",
            reason="Dua alamat jebakan",
            until=until,
            targets=Targets(networks=("203.0.113.9",)),
            actor=System("watch"),
        )
    assert made.terms["projected"]["networks"] == ["203.0.113.9/32"]


def test_several_signed_in_accounts_of_a_network_are_counted_before_it_is_blocked(
    office: Office, operator: User, signed_in: SignedIn, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    user = make_user(make_nip(), "Fitri", "asn")
    for address in ("203.0.113.7", "203.0.113.8", "192.0.2.1", "2001:db8::5"):
        signed_in(None).post(
            "/masuk/", {"login": user.login, "password": "kata-sandi-uji-123"}, headers={"X-Forwarded-For": address}
        )
    answer = signed_in(operator, None).post(
        "/wilayah/manado/pengendalian/networks_blocked/",
        asked(step="preview", hours="4", networks="203.0.113.0/24"),
    )
    assert "2 dari 4 kali masuk" in answer.content.decode()
    assert "50%" in answer.context["seen"].needs_second
