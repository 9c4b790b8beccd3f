"""What a process tells of itself: that it began to serve, and that it ended in order."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings

from kernel.delivery.models import OutboxMessage
from kernel.tenancy.context import control_scope
from kernel.watching.emitting import TAKE_IN
from tests.told import told

# A web server runs the application in children of multiprocessing.
SCRIPT = """
import multiprocessing, threading

def serve():
    from django.conf import settings
    settings.PROCESSES_ARE_TOLD = True
    from config.wsgi import application
    for one in threading.enumerate():
        if one.name == "process-told":
            one.join()

child = multiprocessing.get_context("fork").Process(target=serve)
child.start()
child.join()
print(child.pid)
"""


@pytest.fixture
def nothing_left(committed: None) -> Iterator[None]:
    yield
    with control_scope():
        OutboxMessage.objects.filter(task=TAKE_IN).delete()


def test_a_web_process_tells_its_beginning_and_its_end(nothing_left: None) -> None:
    address = urlsplit(os.environ["DATABASE_URL"])
    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", SCRIPT],
        cwd=Path(settings.BASE_DIR),
        env={
            **os.environ,
            "DATABASE_URL": urlunsplit(address._replace(path=f"/{settings.DATABASES['default']['NAME']}")),
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    with control_scope():
        events = [event for event in told() if event["facts"].get("pid") == int(ran.stdout)]
    assert [event["name"] for event in events] == ["sys_startup", "sys_shutdown"], ran.stderr
    assert {(event["facts"]["process"], event["work"]) for event in events} == {("web", "process.web")}
