"""A first visit to a running demo with nothing but Python: sign in, punch, read the slip.

    python infra/local/first_visit.py PORT HOST NIP PASSWORD

Prints the receipt's number and the net amount of the newest slip. Speaks to this machine only.
"""

from __future__ import annotations

import html
import http.client
import json
import os
import re
import sys
import time
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Refused(Exception):
    """The demo answered otherwise than expected; says which step and what came."""


@dataclass
class Visitor:
    """A person at one region's host, with a cookie jar."""

    port: int
    host: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """Status and text of one request. Redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        address = f"{self.host}:{self.port}"
        sent = {"Host": address, "Origin": f"http://{address}", **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, content = value.partition(";")[0].partition("=")
                self.cookies[key] = content
        connection.close()
        return answer.status, text

    def sign_in(self, login: str, password: str) -> None:
        """Through the log-in page, as a browser does. Raises Refused."""
        _, page = self.ask("GET", "/masuk/")
        token = _TOKEN.search(page)
        if token is None:
            raise Refused("the log-in page has no form")
        form = {"csrfmiddlewaretoken": html.unescape(token[1]), "login": login, "password": password}
        status, _ = self.ask(
            "POST", "/masuk/", urlencode(form).encode(), **{"Content-Type": "application/x-www-form-urlencoded"}
        )
        if status != 302:
            raise Refused(f"log-in: {status}")

    def punch(self) -> int:
        """Check in; the receipt's number. Raises Refused."""
        body = json.dumps({"uid": str(_uuid7()), "kind": "in"}).encode()
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.cookies.get("csrftoken", "")}
        status, text = self.ask("POST", "/api/v1/punches", body, **headers)
        if status != 201:
            raise Refused(f"punch: {status} {text}")
        return int(json.loads(text)["number"])

    def newest_slip(self) -> dict[str, Any]:
        """The newest slip with its lines. Raises Refused."""
        status, text = self.ask("GET", "/api/v1/slips")
        slips = json.loads(text)["results"] if status == 200 else []
        if not slips:
            raise Refused(f"slips: {status}")
        status, text = self.ask("GET", f"/api/v1/slips/{slips[0]['uid']}")
        if status != 200:
            raise Refused(f"slip: {status}")
        slip: dict[str, Any] = json.loads(text)
        return slip


def _uuid7() -> uuid.UUID:
    """A UUIDv7 (RFC 9562) from the clock and 74 random bits."""
    number = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10))
    number = number & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=number & ~(0x3 << 62) | 0x2 << 62)


def main() -> None:
    port, host, login, password = sys.argv[1:5]
    visitor = Visitor(int(port), host)
    visitor.sign_in(login, password)
    print(f"Receipt {visitor.punch()}")
    slip = visitor.newest_slip()
    print(f"Slip {slip['month']}: net {slip['net']} of {slip['pagu']}, {len(slip['lines'])} lines")


if __name__ == "__main__":
    main()
