"""Asking a ClamAV daemon, where one is installed. Without one nothing is asked, and the page of held files
says so.

Protocol: clamd(8), INSTREAM: chunks with their length before them, a chunk of length nought ends.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from kernel.files.inspection.findings import Finding, Verdict, shorten

_CHUNK: Final = 64 * 1024
_LENGTH: Final = struct.Struct("!I")
TIMEOUT_SECONDS: Final = 10.0


class AntivirusAway(Exception):
    """A daemon is configured and does not answer: files wait."""


def is_installed() -> bool:
    """Whether this installation names a daemon."""
    return bool(settings.CLAMD)


def look(content: bytes) -> list[Finding]:
    """What the daemon found, if there is one. Raises AntivirusAway."""
    if not is_installed():
        return []
    answer = _asked(b"zINSTREAM\0", content)
    if answer.endswith("OK"):
        return []
    if answer.endswith("FOUND"):
        name = answer.removeprefix("stream:").removesuffix("FOUND").strip()
        return [Finding("antivirus", "signature", Verdict.QUARANTINE, shorten(name))]
    # Too large for it, or it is not well: no answer is no permission.
    raise AntivirusAway(answer)


def state_words() -> str:
    """For whoever looks after held files."""
    if not is_installed():
        return _("tidak dipasang")
    try:
        return _asked(b"zVERSION\0", None)
    except AntivirusAway as error:
        return _("tidak menjawab (%(reason)s)") % {"reason": error}


def _asked(command: bytes, content: bytes | None) -> str:
    try:
        with contextlib.closing(_connected()) as line:
            line.sendall(command)
            if content is not None:
                for start in range(0, len(content), _CHUNK):
                    chunk = content[start : start + _CHUNK]
                    line.sendall(_LENGTH.pack(len(chunk)) + chunk)
                line.sendall(_LENGTH.pack(0))
            answer = bytearray()
            while not answer.endswith(b"\0"):
                part = line.recv(4096)
                if not part:
                    break
                answer += part
    except OSError as error:
        raise AntivirusAway(type(error).__name__) from error
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _connected() -> socket.socket:
    address = str(settings.CLAMD)
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(TIMEOUT_SECONDS)
        line.connect(address)
        return line
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=TIMEOUT_SECONDS)
