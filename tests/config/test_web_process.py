"""The web process as a server starts it: config.wsgi, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

SCRIPT = """
import logging, sys
from config.wsgi import application
from io import BytesIO
from django.conf import settings

def ask(host, path):
    answer = {}
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_NAME": host, "SERVER_PORT": "80", "HTTP_HOST": host,
               "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http", "SCRIPT_NAME": "",
               "QUERY_STRING": "", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0), "wsgi.multithread": True,
               "wsgi.multiprocess": True, "wsgi.run_once": False}
    def start(status, headers, exc_info=None):
        answer["status"], answer["headers"] = status, dict(headers)
    b"".join(application(environ, start))
    return answer

answer = ask("manado.localhost", "/tidak-ada-199001012015011001/")
print(answer["status"], answer["headers"]["X-Request-Id"])
logging.getLogger("library").warning("NIP 199001012015011001, 19900101 201501 1 001, NIK 7171012345678901")
try:
    raise ValueError("NIP 199001012015011001")
except ValueError:
    logging.getLogger("library").exception("failed")
"""


def test_the_web_process_logs_json_with_region_and_request_and_without_numbers_of_persons(committed: None) -> None:
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
    status, _, request_id = said.stdout.strip().rpartition(" ")
    assert status == "404 Not Found"
    lines = [json.loads(line) for line in said.stderr.splitlines()]
    assert not [line for line in said.stderr.splitlines() if "19900101" in line or "7171012345678901" in line]
    of_request = [line for line in lines if line.get("request_id") == request_id]
    assert of_request
    assert {line["region"] for line in of_request} == {"manado"}
    assert all({"ts", "level", "logger", "event"} <= line.keys() for line in lines)
    assert any("[nomor], [nomor], NIK [nomor]" in line["event"] for line in lines)
    assert any("ValueError: NIP [nomor]" in line.get("exception", "") for line in lines)
