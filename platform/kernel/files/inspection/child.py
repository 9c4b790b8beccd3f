"""The child process that looks at files: limits itself, then answers one request after the other until its input ends.

Run by `kernel.files.sandbox`, never by hand. A message is a length, a JSON head and as many bytes as the head says.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import struct
import sys
import time
from typing import IO, Any, Final

from kernel.files.inspection import limits

LENGTH: Final = struct.Struct("<I")
# unshare(2)
_NEW_USER: Final = 0x10000000
_NEW_NETWORK: Final = 0x40000000
_CUT_OFF: Final = "cut-off"
# A request is measured in CPU seconds by a timer; this is the fence behind it, for all requests of one child.
_CPU_FENCE: Final = 600


def send(stream: IO[bytes], head: dict[str, Any], body: bytes = b"") -> None:
    """Write one message."""
    packed = json.dumps({**head, "size": len(body)}).encode()
    stream.write(LENGTH.pack(len(packed)) + packed + body)
    stream.flush()


def _receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    length = stream.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    head: dict[str, Any] = json.loads(stream.read(LENGTH.unpack(length)[0]))
    return head, stream.read(head["size"])


def _limit() -> None:
    """No large memory, no new files, few open ones, no core dump, and no request longer than its time."""
    for limit, most in (
        (resource.RLIMIT_AS, limits.ADDRESS_SPACE),
        (resource.RLIMIT_DATA, limits.DATA_BYTES),
        (resource.RLIMIT_CPU, _CPU_FENCE),
        (resource.RLIMIT_NOFILE, limits.OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def _leave_network() -> bool:
    """Go where there is no network, and start over there: the new program has no rights in the namespace either.

    Whether it is so now: not every kernel or container lets us, and the parent says that in the log.
    """
    if sys.argv[1:] == [_CUT_OFF]:
        return True
    if ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK) != 0:
        return False
    # This program again, with no words of others.
    os.execv(sys.executable, [*sys.orig_argv, _CUT_OFF])  # noqa: S606  # nosec B606


def _answer(head: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    from kernel.files.inspection import order
    from kernel.files.inspection.kinds import Kind
    from kernel.files.inspection.pictures import Wanted

    if head["ask"] == "words":
        found = order.read_words(content, head["name"], Kind(head["kind"]))
        return {"findings": [finding.as_json() for finding in found]}, b""
    if head["ask"] in ("sheets", "cells", "unlock"):
        return _answer_about_sheet(head, content)
    allowed = frozenset(Kind(kind) for kind in head["allowed"])
    wanted = Wanted(**head["wanted"]) if head["wanted"] else None
    report = order.look_inside(content, head["name"], allowed, wanted)
    answer = {
        "kind": report.kind,
        "findings": [finding.as_json() for finding in report.findings],
        "steps": report.steps,
        "facts": report.facts,
        "made": report.made is not None,
    }
    return answer, report.made or b""


def _answer_about_sheet(head: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    from kernel.files.inspection import sheets

    try:
        if head["ask"] == "sheets":
            return {"names": sheets.names_of(content)}, b""
        if head["ask"] == "cells":
            return {}, sheets.packed(sheets.cells_of(content, head["sheet"]))
        return {}, sheets.unlocked(content, head["passwords"])
    except sheets.NotRead as error:
        return {"fault": error.fault, "detail": error.detail}, b""


def main() -> None:
    """Answer until the parent closes the line."""
    is_cut_off = _leave_network()
    line_in = os.fdopen(os.dup(0), "rb")
    line_out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    # Whatever a library prints goes nowhere near the line.
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    _limit()
    # Read and compiled before the first request's time begins.
    from kernel.files.inspection import order

    order.warm_up()
    send(line_out, {"is_cut_off": is_cut_off})
    while (message := _receive(line_in)) is not None:
        head, content = message
        begun = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, head["seconds"])
        try:
            answer, body = _answer(head, content)
        except MemoryError:
            os._exit(3)
        signal.setitimer(signal.ITIMER_PROF, 0)
        send(line_out, {**answer, "spent": time.process_time() - begun}, body)


if __name__ == "__main__":
    main()
    sys.exit(0)
