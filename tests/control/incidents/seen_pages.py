"""Scans of a region's name as the watch keeps them: a page that differs for the robot, and a clean one."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile

from control.pages.models import Capture, Scan, WatchedName
from control.regions.models import Region
from kernel.files.actions import store_made

NAME = "dinas.manado.example"
WORDS = "Selamat datang di situs resmi dinas. Layanan buka pukul delapan pagi sampai empat sore setiap hari kerja ya."
SPAM = "<b>contoh promosi</b>"


def a_name(region: str = "manado") -> WatchedName:
    return WatchedName.objects.create(region=Region.objects.get(code=region), name=NAME, token="x", added_by="Uji")


def a_scan(name: WatchedName, at: datetime, *, verdict: str = "cloaked", is_confirmed: bool = True) -> Scan:
    return Scan.objects.create(
        name=name, at=at, verdict=verdict, url=f"https://{NAME}/", is_confirmed=is_confirmed, pages=1
    )


def a_capture(scan: Scan, visitor: str, **changed: Any) -> Capture:
    values: dict[str, Any] = {
        "url": f"https://{NAME}/",
        "fetched_at": scan.at,
        "verdict": scan.verdict,
        "status": 200,
        "title": "Situs resmi dinas",
        "text": WORDS,
        "outbound": ["manadokota.example"],
    }
    return Capture.objects.create(scan=scan, visitor=visitor, **{**values, **changed})


def a_cloaked_page(at: datetime) -> Scan:
    """A confirmed scan: the robot got a title, words and a link that the person did not get."""
    scan = a_scan(a_name(), at)
    a_capture(scan, "A")
    body = f"<html>{SPAM}</html>".encode()
    kept = store_made(
        content=ContentFile(body, "halaman-B.txt"), purpose="pages.body", owner=None, kind="application/octet-stream"
    )
    a_capture(
        scan,
        "B",
        score=9.0,
        title="<script>alert(1)</script>",
        text=WORDS.replace("empat sore", f"empat sore {SPAM}"),
        outbound=["manadokota.example", "jauh.example"],
        body=kept,
        body_sha256=hashlib.sha256(body).hexdigest(),
    )
    return scan
