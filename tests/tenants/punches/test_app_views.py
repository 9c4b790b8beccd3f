"""What the installed app is made of: the shell and the service worker, which are nobody's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel.tenancy.state import RegionState
from tenants.punches import offline
from tests.cast import Person


def worker_of(client: Client) -> dict[str, Any]:
    text = client.get("/sw.js").content.decode()
    told: dict[str, Any] = json.loads(re.findall(r"serve\((.+)\);", text)[0])
    return told


def test_the_shell_asks_the_database_nothing_and_names_nobody(ani: Person, signed_in: Callable[..., Client]) -> None:
    client = signed_in(None)
    client.get("/absen/aplikasi/")
    with CaptureQueriesContext(connection) as statements:
        page = client.get("/absen/aplikasi/")
    assert len(statements) == 0
    assert client.cookies == {}
    as_ani = signed_in(ani.user).get("/absen/aplikasi/").content.decode()
    nonce = re.compile(r'nonce="[^"]+"')
    assert nonce.sub("", as_ani) == nonce.sub("", page.content.decode())
    assert 'data-owner=""' in as_ani


def test_the_worker_keeps_the_shell_and_every_module_that_the_shell_loads(signed_in: Callable[..., Client]) -> None:
    client = signed_in(None)
    told = worker_of(client)
    shell = client.get(told["shell"]).content.decode()
    loaded = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', shell))
    assert loaded
    assert loaded <= set(told["files"])
    assert told["starts"] == ["/", "/absen/"]


def test_a_new_word_in_the_shell_is_a_new_release_of_the_app(
    manado: RegionState, banjarmasin: RegionState, signed_in: Callable[..., Client]
) -> None:
    here, there = signed_in(None, "manado"), signed_in(None, "banjarmasin")
    assert worker_of(here)["version"] == worker_of(here)["version"]
    assert worker_of(here)["version"] != worker_of(there)["version"]
    english = signed_in(None, "manado")
    english.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert worker_of(here)["version"] != worker_of(english)["version"]


def test_the_worker_may_run_nothing_from_elsewhere(signed_in: Callable[..., Client]) -> None:
    policy = signed_in(None).get("/sw.js").headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy


def test_pages_may_send_to_the_lane_and_to_the_regions_other_names(
    settings: Any, ani: Person, signed_in: Callable[..., Client]
) -> None:
    settings.PUNCH_LANE_URL = "{scheme}://absen.{host}:8443"
    for path in ("/absen/aplikasi/", "/sw.js"):
        policy = signed_in(ani.user).get(path).headers["Content-Security-Policy"]
        assert "http://absen.manado.localhost:8443" in re.findall(r"connect-src ([^;]+)", policy)[0].split()


def test_another_app_adds_its_page_once(monkeypatch: pytest.MonkeyPatch, signed_in: Callable[..., Client]) -> None:
    monkeypatch.setattr(offline, "_pages", [])
    offline.add_page("punches-shell")
    offline.add_page("punches-shell")
    assert worker_of(signed_in(None))["pages"] == ["/absen/aplikasi/"]
