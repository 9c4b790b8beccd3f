"""Keeping a network away from all regions at once: one request, two operators, one undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from control.containment import actions
from control.containment.models import Imposition, PairedDeed
from control.regions.models import Region
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.ids import new_uid
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.state import RegionState
from tests.cast import PASSWORD, Office, Person

SignedIn = Callable[..., Client]
PAGE = "/pengendalian/jaringan/"
BLOCKED = {"X-Forwarded-For": "203.0.113.9"}


@pytest.fixture(autouse=True)
def _one_proxy(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


@pytest.fixture
def first(operator: User, signed_in: SignedIn) -> Client:
    return signed_in(operator, None)


@pytest.fixture
def other(second: User, signed_in: SignedIn) -> Client:
    return signed_in(second, None)


def form(**more: str) -> dict[str, Any]:
    return {
        "step": "impose",
        "reason": "Menebak kata sandi di banyak wilayah",
        "hours": "4",
        "networks": "203.0.113.0/24",
        "key": str(new_uid()),
        **more,
    }


def block(post: Callable[..., Any], first: Client, other: Client, **more: str) -> PairedDeed:
    assert post(first, PAGE, form(**more)).status_code == 302
    with control_scope():
        asked = PairedDeed.objects.get(state="waiting")
    assert post(other, f"/pengendalian/permintaan/{asked.uid}/setuju/").status_code == 302
    return asked


def answers(signed_in: SignedIn, **headers: str) -> list[int]:
    return [signed_in(None, code).get("/masuk/", headers=headers).status_code for code in ("manado", "banjarmasin")]


def test_a_network_is_kept_away_from_every_region_when_a_second_operator_agrees_and_let_in_by_one_undo(
    office: Office,
    banjarmasin: RegionState,
    first: Client,
    other: Client,
    post: Callable[..., Any],
    signed_in: SignedIn,
) -> None:
    assert post(first, PAGE, form()).status_code == 302
    assert answers(signed_in, **BLOCKED) == [200, 200]
    with control_scope():
        asked = PairedDeed.objects.get()
    assert post(first, f"/pengendalian/permintaan/{asked.uid}/setuju/").status_code == 409
    assert post(other, f"/pengendalian/permintaan/{asked.uid}/setuju/").status_code == 302
    assert answers(signed_in, **BLOCKED) == [403, 403]
    assert answers(signed_in) == [200, 200]
    page = first.get("/pengendalian/").content.decode()
    assert page.count("203.0.113.0/24") == 2
    assert "2 wilayah" in page
    undone = post(first, f"/pengendalian/jaringan/{asked.uid}/cabut/")
    assert undone.headers["Location"] == "/pengendalian/"
    assert answers(signed_in, **BLOCKED) == [200, 200]
    assert "203.0.113.0/24" not in first.get("/pengendalian/").content.decode()


def test_each_region_reads_in_its_own_trail_who_did_it_and_why(
    office: Office, banjarmasin: RegionState, first: Client, other: Client, post: Callable[..., Any]
) -> None:
    block(post, first, other)
    for code in ("manado", "banjarmasin"):
        with region_scope(registry.region_by_code(code)):
            event = AuditEvent.objects.get(action="containment.applied")
            assert event.actor_name == "Operator platform: Operator"
            assert event.note == "Menebak kata sandi di banyak wilayah"
            assert event.after["confirmed_by"] == "Operator Kedua"


def test_one_region_is_let_out_by_itself_and_the_others_stay_closed(
    office: Office,
    banjarmasin: RegionState,
    first: Client,
    other: Client,
    post: Callable[..., Any],
    signed_in: SignedIn,
) -> None:
    asked = block(post, first, other)
    with control_scope():
        here = Imposition.objects.get(region__code="manado")
    assert "dipasang di semua wilayah" in first.get("/wilayah/manado/pengendalian/").content.decode()
    post(first, f"/pengendalian/{here.uid}/cabut/")
    assert answers(signed_in, **BLOCKED) == [200, 403]
    post(first, f"/pengendalian/jaringan/{asked.uid}/cabut/")
    assert answers(signed_in, **BLOCKED) == [200, 200]


def test_a_region_in_which_it_fails_does_not_keep_the_others_open(
    office: Office,
    banjarmasin: RegionState,
    first: Client,
    other: Client,
    post: Callable[..., Any],
    signed_in: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_down = actions.put_down

    def failing(made: Imposition, region: Region, actor: Any) -> None:
        if region.code == "banjarmasin":
            raise RuntimeError("its schema is being mended")
        put_down(made, region, actor)

    monkeypatch.setattr(actions, "put_down", failing)
    block(post, first, other)
    assert answers(signed_in, **BLOCKED) == [403, 200]
    assert "1 wilayah" in first.get("/pengendalian/").content.decode()


def test_it_ends_by_itself_in_every_region(
    office: Office,
    banjarmasin: RegionState,
    first: Client,
    other: Client,
    post: Callable[..., Any],
    signed_in: SignedIn,
) -> None:
    block(post, first, other)
    with clock.at(clock.now() + timedelta(hours=5)):
        assert answers(signed_in, **BLOCKED) == [200, 200]
        with control_scope():
            assert actions.let_run_out() == 2


def test_the_preview_counts_sign_ins_of_all_regions_and_changes_nothing(
    ani: Person, banjarmasin: RegionState, first: Client, post: Callable[..., Any], signed_in: SignedIn
) -> None:
    signed_in(None).post("/masuk/", {"login": ani.user.login, "password": PASSWORD}, headers=BLOCKED)
    assert "0 dari 1 kali masuk" in post(first, PAGE, form(networks="192.0.2.7", step="preview")).content.decode()
    page = post(first, PAGE, form(step="preview")).content.decode()
    assert "1 dari 1 kali masuk" in page
    assert "dihitung di 2 dari 2 wilayah" in page
    assert "Perlu operator kedua" in page
    with control_scope():
        assert not PairedDeed.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"networks": "203.0.113.0/33"}, "Tuliskan jaringan sebagai CIDR"),
        ({"reason": " "}, "alasan"),
        ({"hours": "0"}, "pilihan"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    office: Office, first: Client, post: Callable[..., Any], wrong: dict[str, str], words: str
) -> None:
    answer = post(first, PAGE, form(**wrong))
    assert answer.status_code == 422
    assert words.lower() in answer.content.decode().lower()


def test_undoing_what_was_never_done_is_a_404(office: Office, first: Client, post: Callable[..., Any]) -> None:
    assert post(first, f"/pengendalian/jaringan/{new_uid()}/cabut/").status_code == 404
