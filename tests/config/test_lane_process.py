"""The punch lane as a server starts it: config.wsgi_lane, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

SCRIPT = """
import json, sys
from io import BytesIO
from config.wsgi_lane import application
from django.conf import settings

def ask(method, host, path, body=b""):
    answer = {}
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "SERVER_NAME": host, "SERVER_PORT": "80",
               "HTTP_HOST": host, "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/json",
               "HTTP_COOKIE": "sessionid=r00001aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
               "wsgi.input": BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http", "SCRIPT_NAME": "",
               "QUERY_STRING": "", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0), "wsgi.multithread": True,
               "wsgi.multiprocess": True, "wsgi.run_once": False}
    def start(status, headers, exc_info=None):
        answer["status"] = int(status[:3])
    said = b"".join(application(environ, start))
    return [answer["status"], said.decode()]

print(json.dumps({
    "send": ask("POST", "manado.localhost", "/absen/kirim/", b'{"events": []}'),
    "preflight": ask("OPTIONS", "manado.localhost", "/absen/kirim/"),
    "page": ask("GET", "manado.localhost", "/absen/"),
    "login": ask("GET", "manado.localhost", "/masuk/"),
    "operators": ask("GET", "localhost", "/"),
    "live": ask("GET", "localhost", "/livez"),
    "middleware": settings.MIDDLEWARE,
}))
"""


def test_the_lane_open_in_read_only_and_serves_no_page_session_or_operator(committed: None) -> None:
    address = urlsplit(os.environ["DATABASE_URL"])
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(address._replace(path=f"/{settings.DATABASES['default']['NAME']}")),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    said = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", SCRIPT],
        cwd=Path(settings.BASE_DIR),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    told = json.loads(said.stdout.splitlines()[-1])
    assert told["send"] == [400, '{"code": "events"}']
    assert told["preflight"][0] == 204
    assert {told[name][0] for name in ("page", "login", "operators")} == {404}
    assert told["live"][0] == 200
    assert not [name for name in told["middleware"] if "session" in name.lower() or "csrf" in name.lower()]
