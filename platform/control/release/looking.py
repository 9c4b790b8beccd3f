"""Looking every five minutes, in every process that has the files: web server, punch lane, worker.

A look asks the file system for each file's state and reads those that were touched; once an hour it reads all.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import connections

from control.release.manifest import NAME, Drift, ManifestUnreadable, Reader, digests_of, drift, read_manifest
from kernel.tenancy.context import control_scope
from kernel.tenancy.threads import in_this_scope
from kernel.watching import Severity, emit, gathering, names
from kernel.watching.processes import node

log = structlog.get_logger(__name__)

EVERY_SECONDS: Final = 300.0
READ_ALL_SECONDS: Final = 3600.0
# What stays wrong is said again after this.
SAY_AGAIN_SECONDS: Final = 3600.0
_MOST_NAMED: Final = 30


@dataclass(slots=True)
class Looker:
    """What one process knows of its last look."""

    kind: str
    top: Path
    pinned: str = ""
    is_expected: bool = False
    _reader: Reader = field(default_factory=Reader)
    _read_all_at: float = 0.0
    _said: object = None
    _said_at: float = 0.0

    def look(self) -> Drift | None:
        """Compare the tree with its manifest and say what is wrong; None without a manifest to compare with."""
        moment = time.monotonic()
        if moment - self._read_all_at >= READ_ALL_SECONDS:
            self._reader.forget()
            self._read_all_at = moment
        try:
            listed = read_manifest(self.top / NAME, self.pinned)
        except ManifestUnreadable as error:
            if self.pinned:
                self._say(str(error), moment)
            elif self.is_expected and self._is_news(str(error), moment):
                emit(names.SYS_MONITOR_DISABLED, subject=node(), what="release manifest", process=self.kind)
            return None
        found = drift(listed, digests_of(self.top, self._reader))
        if found:
            self._say(found, moment)
        else:
            self._said = None
        return found

    def _say(self, what: Drift | str, moment: float) -> None:
        if not self._is_news(what, moment):
            return
        facts: dict[str, Any] = {"process": self.kind, "release": settings.RELEASE}
        if isinstance(what, Drift):
            for name, paths in (("added", what.added), ("changed", what.changed), ("removed", what.removed)):
                facts[name] = list(paths[:_MOST_NAMED])
                facts[f"{name}_count"] = len(paths)
        else:
            facts["manifest"] = what
        log.critical("code_drift", **facts)
        emit(names.CODE_DRIFT, severity=Severity.CRITICAL, subject=node(), **facts)

    def _is_news(self, what: object, moment: float) -> bool:
        if what == self._said and moment - self._said_at < SAY_AGAIN_SECONDS:
            return False
        self._said, self._said_at = what, moment
        return True


def looker(kind: str) -> Looker:
    """The one of this installation's settings, for this kind of process."""
    return Looker(kind, settings.BASE_DIR, settings.RELEASE_MANIFEST_SHA256, is_expected=not settings.DEBUG)


_started: set[int] = set()


def look_from_now_on(kind: str) -> None:
    """Look at once and every five minutes, in a thread of this process; once for each process.

    Where neither a manifest lies nor a digest is pinned (a developer's checkout) nothing is started.
    """
    if os.getpid() in _started or not (settings.RELEASE_MANIFEST_SHA256 or (settings.BASE_DIR / NAME).exists()):
        return
    _started.add(os.getpid())
    threading.Thread(target=in_this_scope(partial(_go_on, looker(kind))), name="release-looker", daemon=True).start()


def _go_on(one: Looker) -> None:
    while True:
        try:
            with control_scope(), gathering(work=f"release.{one.kind}"):
                one.look()
        except Exception:
            log.exception("release_look_failed")
        finally:
            connections.close_all()
        time.sleep(EVERY_SECONDS)
