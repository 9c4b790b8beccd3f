"""What one operator alone may not do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from control.containment import actions, pairs
from control.containment.errors import PairRefused, SecondOperatorNeeded
from control.containment.models import Imposition, PairedDeed
from control.containment.targets import Targets
from control.regions.errors import ReasonMissing
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.ids import new_uid
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from tests.cast import Office, make_nip, make_user

SignedIn = Callable[..., Client]
SUSPEND = "/wilayah/manado/pengendalian/suspended/"


def asking(**more: Any) -> dict[str, Any]:
    return {"step": "impose", "reason": "Situs diambil alih", "hours": "0", "key": str(new_uid()), **more}


def the_request() -> PairedDeed:
    with control_scope():
        return PairedDeed.objects.get()


def test_suspending_a_region_waits_for_a_second_operator_who_is_somebody_else(
    operator: User, second: User, office: Office, signed_in: SignedIn, post: Callable[..., Any]
) -> None:
    first, other = signed_in(operator, None), signed_in(second, None)
    assert post(first, SUSPEND, asking()).status_code == 302
    assert signed_in(None).get("/masuk/").status_code == 200
    page = first.get("/wilayah/manado/pengendalian/").content.decode()
    assert "Anda yang meminta" in page
    own = post(first, f"/pengendalian/permintaan/{the_request().uid}/setuju/")
    assert own.status_code == 409
    assert signed_in(None).get("/masuk/").status_code == 200
    assert post(other, f"/pengendalian/permintaan/{the_request().uid}/setuju/").status_code == 302
    assert signed_in(None).get("/masuk/").status_code == 503
    with control_scope():
        standing = Imposition.objects.get()
        assert (standing.imposed_by, standing.confirmed_by) == ("Operator", "Operator Kedua")
    assert post(other, f"/pengendalian/{standing.uid}/cabut/", {"reason": "Selesai"}).status_code == 302
    assert signed_in(None).get("/masuk/").status_code == 200


def test_the_request_sent_twice_is_one_and_agreed_twice_happens_once(
    operator: User, second: User, office: Office, signed_in: SignedIn, post: Callable[..., Any]
) -> None:
    form = asking()
    for _turn in range(2):
        post(signed_in(operator, None), SUSPEND, form)
    other = signed_in(second, None)
    assert post(other, f"/pengendalian/permintaan/{the_request().uid}/setuju/").status_code == 302
    again = post(other, f"/pengendalian/permintaan/{the_request().uid}/setuju/")
    assert again.status_code == 409
    assert "sudah diputuskan" in again.content.decode()
    with control_scope():
        assert Imposition.objects.count() == 1


def test_a_request_that_nobody_decides_runs_out(
    operator: User, second: User, office: Office, signed_in: SignedIn, post: Callable[..., Any]
) -> None:
    start = clock.now()
    with clock.at(start):
        post(signed_in(operator, None), SUSPEND, asking())
    with clock.at(start + timedelta(hours=1)), control_scope():
        with pytest.raises(PairRefused, match="expired"):
            pairs.confirm(uid=the_request().uid, actor=second)
        assert pairs.let_run_out() == 1
    assert the_request().state == PairedDeed.State.EXPIRED


def test_a_declined_request_changes_nothing_and_stays_in_the_trail(
    operator: User, second: User, office: Office, signed_in: SignedIn, post: Callable[..., Any]
) -> None:
    post(signed_in(operator, None), SUSPEND, asking())
    post(signed_in(second, None), f"/pengendalian/permintaan/{the_request().uid}/tolak/")
    with control_scope():
        assert not Imposition.objects.exists()
        trail = list(AuditEvent.objects.order_by("id").values_list("action", "actor_name"))
    assert trail[-2:] == [
        ("containment.pair_asked", "Operator"),
        ("containment.pair_declined", "Operator Kedua"),
    ]


def test_a_wide_network_and_the_offices_own_are_not_one_operators_to_block(
    operator: User, office: Office, signed_in: SignedIn, post: Callable[..., Any], settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    user = make_user(make_nip(), "Fitri", "asn")
    signed_in(None).post(
        "/masuk/",
        {"login": user.login, "password": "kata-sandi-uji-123"},
        headers={"X-Forwarded-For": "203.0.113.7"},
    )
    for networks in ("10.0.0.0/8", "203.0.113.7"):
        with pytest.raises(SecondOperatorNeeded), control_scope():
            actions.impose(
                region="manado",
                measure="networks_blocked",
                reason="Uji",
                until=clock.now() + timedelta(hours=4),
                targets=Targets(networks=(networks,)),
                actor=operator,
            )
    with control_scope():
        assert not Imposition.objects.exists()


def test_renewing_the_credentials_of_many_needs_two(operator: User, office: Office) -> None:
    for number in range(201):
        User.objects.create(login=f"1990{number:014d}", display_name="Pegawai")
    with control_scope(), pytest.raises(SecondOperatorNeeded):
        actions.impose(
            region="manado",
            measure="credentials_renewed",
            reason="Uji",
            targets=Targets(credentials=("sessions",)),
            actor=operator,
        )
    with region_scope(registry.region_by_code("manado")):
        assert not User.objects.filter(signed_out_before__isnull=False).exists()


def test_another_part_declares_a_deed_of_its_own(operator: User, second: User) -> None:
    done: list[tuple[object, str]] = []
    name = pairs.declare_deed(
        f"tests.release_{new_uid()}", lambda asked, actor: done.append((asked.args["evidence"], actor.display_name))
    )
    with control_scope():
        with pytest.raises(ReasonMissing):
            pairs.ask(deed=name, args={}, summary="Bukti dilepas", reason=" ", actor=operator)
        asked = pairs.ask(deed=name, args={"evidence": 7}, summary="Bukti dilepas", reason="Salah", actor=operator)
        pairs.confirm(uid=asked.uid, actor=second)
    assert done == [(7, "Operator Kedua")]


def test_who_agrees_after_the_session_has_ended_is_told_that_nothing_happened_and_comes_back(
    operator: User, second: User, office: Office, signed_in: SignedIn, post: Callable[..., Any]
) -> None:
    post(signed_in(operator, None), SUSPEND, asking())
    late = signed_in(second, None)
    with clock.at(clock.now() + timedelta(minutes=31)):
        answer = late.post(
            f"/pengendalian/permintaan/{the_request().uid}/setuju/",
            headers={"Referer": "http://localhost/wilayah/manado/pengendalian/?insiden=1"},
        )
    assert answer["Location"] == "/masuk/?next=/wilayah/manado/pengendalian/%3Finsiden%3D1"
    assert "kiriman tadi tidak disimpan" in late.get(answer["Location"]).content.decode()
    assert the_request().state == "waiting"


def test_a_page_elsewhere_is_not_come_back_to(operator: User, office: Office, signed_in: SignedIn) -> None:
    answer = signed_in(None, None).post(SUSPEND, asking(), headers={"Referer": "https://lain.example/"})
    assert answer["Location"] == "/masuk/?next=/"
