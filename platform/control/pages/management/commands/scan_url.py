"""Judge pages by their addresses, JSON lines in and out, without the database."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from typing_extensions import override

from control.pages.addresses import Loopback
from control.pages.comparing import Visit, worst_of
from control.pages.fetching import Fetcher
from control.pages.scanning import look_with_sitemap
from kernel.tenancy.commands import ControlCommand


class Command(ControlCommand):
    """Reads `{"id": ..., "url": ...}` lines; writes one line for each with the verdict, the reasons and what each of
    the four visitors (A person, B search robot, C from a search, D phone) got. A bad line gets an error and the next
    one is read."""

    help = "Judge pages by address: JSON lines {id, url} in, {id, verdict, score, reasons, profiles} out."
    requires_system_checks: list[str] = []

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="lines to read, standard input when it is not named")
        parser.add_argument(
            "--loopback", default="", help="the one server on this machine that may be asked, as 127.0.0.1:8099"
        )
        parser.add_argument("--own", action="append", default=[], help="another host name of the same owner")

    @override
    def run(self, **options: Any) -> None:
        file, own = options["file"], frozenset(options["own"])
        try:
            fetcher = Fetcher(loopback=Loopback.parse(options["loopback"] or settings.PAGES_LOOPBACK))
        except ValueError as error:
            raise CommandError(str(error)) from error
        lines: Iterable[str] = Path(file).read_text().splitlines() if file else sys.stdin
        for line in lines:
            if line.strip():
                self.stdout.write(json.dumps(_answer(line, fetcher, own), ensure_ascii=False))
                self.stdout.flush()


def _answer(line: str, fetcher: Fetcher, own: frozenset[str]) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except ValueError:
        return {"id": None, "error": "not JSON"}
    if not isinstance(asked, dict) or not isinstance(asked.get("url"), str):
        return {"id": asked.get("id") if isinstance(asked, dict) else None, "error": "no url"}
    begun = time.monotonic()
    pages = look_with_sitemap(asked["url"], fetcher, own)
    verdict = worst_of(page.verdict for page in pages)
    if not verdict.is_bad:
        verdict = pages[0].verdict
    return {
        "id": asked.get("id"),
        "verdict": str(verdict),
        "score": max(page.compared.score for page in pages),
        "reasons": list(dict.fromkeys(reason for page in pages for reason in page.compared.reasons)),
        "profiles": {visit.visitor: _profile(visit) for visit in pages[0].visits},
        "ms": round((time.monotonic() - begun) * 1000),
    }


def _profile(visit: Visit) -> dict[str, Any]:
    page = visit.judgement.page
    return {
        "status": visit.fetched.status,
        "failure": visit.fetched.failure,
        "chain": [[hop.status, hop.url] for hop in visit.fetched.hops],
        "title": page.title,
        "score": visit.score,
        "chunks": visit.judgement.chunks,
        "chunks_hit": visit.judgement.chunks_hit,
        "hidden_anchors": len(visit.judgement.hidden_anchors),
        "outbound": sorted(visit.judgement.outbound)[:50],
        "findings": [[found.code, found.seen] for found in visit.findings[:10]],
    }
