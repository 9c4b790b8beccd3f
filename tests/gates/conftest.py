"""The real web server, with its real pool and collected static files, in front of a committed region."""

from __future__ import annotations

import gzip
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from control.onboarding.actions import NewRegion, provision_region
from control.operations.models import SchemaRollout
from control.regions.models import Domain, Region
from infra.local.demo import web_command
from infra.local.processes import stop_process
from infra.local.services import CHECKOUT
from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.accounts.sessions import SessionStore
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from tests.cast import make_employee, make_nip, make_opd, make_position, make_user

CODE = "gerbang"
CSRF = "a" * 32


@dataclass(frozen=True)
class Answer:
    """An answer as it came over the wire. `wire_bytes` counts head and body; `body` is unpacked."""

    status: int
    headers: dict[str, str]
    body: bytes
    wire_bytes: int


@dataclass(frozen=True)
class Served:
    """The running platform and somebody who is signed in."""

    port: int
    host: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, signed_in: bool = True) -> Answer:
        return self.ask("GET", path, signed_in=signed_in)

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        signed_in: bool = True,
    ) -> Answer:
        """One request on a connection of its own, as a browser that takes gzip sends it."""
        sent = {"Host": self.host, "Accept-Encoding": "gzip", **(headers or {})}
        if signed_in:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            client.request(method, path, body, sent)
            response = client.getresponse()
            raw = response.read()
        finally:
            client.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        head = sum(len(name) + len(value) + 4 for name, value in response.getheaders()) + len("HTTP/1.1 200 OK\r\n\r\n")
        plain = gzip.decompress(raw) if found.get("content-encoding") == "gzip" else raw
        return Answer(response.status, found, plain, head + len(raw))


# For a module, not for the whole session: the region is committed, and other tests count regions.
@pytest.fixture(scope="module")
def served(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo's web server on the test's database, and Ani signed in to a region of its own."""
    folder = tmp_path_factory.mktemp("served")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.gates.settings_served",
        # A session made here must count there.
        "SECRET_KEY": settings.SECRET_KEY,
        "GATES_STATIC_ROOT": str(folder / "static"),
        "DATABASE_URL": os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + settings.DATABASES["default"]["NAME"],
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=CHECKOUT, env=environment, check=True)
    with django_db_blocker.unblock():
        cookies = _region_with_ani()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with (folder / "web.log").open("wb") as log:
        command = web_command(port, "config.wsgi:application")
        process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=log, stderr=log)
    try:
        up = Served(port, f"{CODE}.localhost", cookies)
        _wait_until_ready(up, process, folder / "web.log")
        yield up
    finally:
        stop_process(process, signal.SIGTERM, 15)
        with django_db_blocker.unblock():
            _remove_region()


def _region_with_ani() -> dict[str, str]:
    new = NewRegion(code=CODE, kind="kota", name="Kota Gerbang", short_name="Gerbang", time_zone="Asia/Makassar")
    provision_region(new=new, actor=System("tests"))
    with region_scope(registry.region_by_code(CODE)):
        nip = make_nip(101)
        user = make_user(nip, "Ani", "asn", "atasan")
        opd = make_opd()
        make_employee("Ani", make_position(opd, "P-1", "Pengelola Data"), nip=nip, user=user)
        return {"sessionid": _session_of(user), "csrftoken": CSRF}


def _session_of(user: User) -> str:
    session: Any = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _remove_region() -> None:
    with control_scope():
        region = Region.objects.get(code=CODE)
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA IF EXISTS "{region.schema_name}" CASCADE')
        SchemaRollout.objects.filter(region=region).delete()
        Domain.objects.filter(tenant=region).delete()
        region.delete()
    registry.forget()
    connection.close()


def _wait_until_ready(up: Served, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            if up.get("/readyz", signed_in=False).status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.1)
    raise RuntimeError(f"the web server did not come up:\n{log.read_text()[-2000:]}")
