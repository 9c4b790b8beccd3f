"""That a process began to serve, and that it ended in order: a beginning with no end before it is a crash."""

from __future__ import annotations

import os
import socket
import threading
import time
from functools import partial
from multiprocessing.util import Finalize
from typing import Final

from django.conf import settings

from kernel.tenancy.context import control_scope
from kernel.tenancy.threads import in_this_scope
from kernel.watching import names
from kernel.watching.emitting import emit, gathering

# Whoever waits for the process to end shall not wait for a database that is away.
END_SECONDS: Final = 5.0
THREAD: Final = "process-told"

_started: set[int] = set()


def node() -> str:
    """The machine or container that this process runs on."""
    return socket.gethostname()[:100]


def tell_of_this_process(kind: str) -> None:
    """Say on the operators' side that this process serves, and when it ends in order that it does; once for each.

    The beginning waits for nothing and the end five seconds at most: a process serves, and ends, without a database.
    """
    if os.getpid() in _started or not settings.PROCESSES_ARE_TOLD:
        return
    _started.add(os.getpid())
    began = time.monotonic()
    _teller(kind, names.SYS_STARTUP, 0).start()
    # Web servers run as children of multiprocessing, which do not run what `atexit` was given.
    Finalize(None, _tell_end, (kind, began), exitpriority=1)


def _tell_end(kind: str, began: float) -> None:
    last = _teller(kind, names.SYS_SHUTDOWN, int(time.monotonic() - began))
    try:
        last.start()
    except RuntimeError:
        # Too late for a thread: the interpreter is on its way out.
        return
    last.join(END_SECONDS)


def _teller(kind: str, name: str, seconds: int) -> threading.Thread:
    return threading.Thread(target=in_this_scope(partial(_tell, kind, name, seconds)), name=THREAD, daemon=True)


def _tell(kind: str, name: str, seconds: int) -> None:
    with control_scope(), gathering(work=f"process.{kind}"):
        emit(name, subject=node(), process=kind, pid=os.getpid(), release=settings.RELEASE, seconds=seconds)
