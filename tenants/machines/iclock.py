"""The addresses to which machines speak. The protocol knows no session and no permission (docs/algorithms/machines.md).

A machine is known by its serial and, where it can have one, by the secret word in its address. Every answer is plain
text; an answer of lines is given after they are committed. Anything but 200 makes a machine keep what it has and try
again, so an unreadable request, a cut-off body and a lack of room are all answered that way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kernel import clock, origin
from kernel.tenancy.context import current_region
from kernel.web.containment import open_in_read_only
from kernel.web.fallback import open_in_fallback
from tenants.machines import adms, receiving
from tenants.machines.receiving import NoRoom, Speaker

# The longest burst of any firmware is far below.
MOST_BYTES: Final = 4 * 1024 * 1024
LATER_S: Final = 300
log = structlog.get_logger(__name__)

Answer = Callable[[HttpRequest, Speaker], str]


class BadRequest(Exception):
    """The request cannot be read; `status` is answered."""

    def __init__(self, status: int, words: str) -> None:
        self.status = status
        self.words = words
        super().__init__(words)


def spoken(answer: Answer) -> Callable[..., HttpResponse]:
    """A view of the protocol: finds the machine, and answers in plain text."""

    @open_in_read_only
    @open_in_fallback
    @csrf_exempt
    @require_http_methods(["GET", "POST"])
    @wraps(answer)
    def view(request: HttpRequest, secret: str = "") -> HttpResponse:
        serial = request.GET.get("SN", "")
        try:
            if not adms.SERIAL.match(serial):
                raise BadRequest(400, "no serial")
            return _plain(answer(request, receiving.speaker_of(serial, secret)))
        except BadRequest as error:
            log.warning("machine_refused", serial=serial[:40], reason=error.words)
            return _plain(error.words, error.status)
        except NoRoom:
            log.warning("machine_no_room", serial=serial[:40])
            refused = _plain("no room", 503)
            refused["Retry-After"] = str(LATER_S)
            return refused

    return view


def _plain(text: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
    response["Cache-Control"] = "no-store"
    return response


def _body(request: HttpRequest) -> str:
    """What the machine sends, whole. Raises BadRequest when it is too long or was cut off on the way."""
    said = request.META.get("CONTENT_LENGTH") or ""
    if said.isascii() and said.isdigit():
        if int(said) > MOST_BYTES:
            raise BadRequest(413, "too long")
        body = request.read(int(said))
        if len(body) < int(said):
            raise BadRequest(400, "cut off")
    elif "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        # Django reads nothing without a length; the server has put the pieces together already.
        body = request.META["wsgi.input"].read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise BadRequest(413, "too long")
    elif request.method == "POST":
        raise BadRequest(411, "no length")
    else:
        body = b""
    return adms.text_of(body)


@spoken
def cdata(request: HttpRequest, speaker: Speaker) -> str:
    """GET: a machine switches on and asks for its settings. POST: lines of its log, users, events."""
    network = origin.address_of(request)
    if request.method == "POST":
        return _data(request, speaker, network)
    told = adms.Told(push_version=request.GET.get("pushver", "")[:60])
    _note(request, speaker, told)
    if request.GET.get("DeviceType", "").lower() == "acc":
        return adms.door_hello(speaker.serial, current_region().code)
    return adms.hello(speaker.serial, hours_east=speaker.hours_east, stamp=speaker.stamp, user_stamp=speaker.user_stamp)


def _data(request: HttpRequest, speaker: Speaker, network: str) -> str:
    table = request.GET.get("table", "").upper()
    text = _body(request)
    if table in ("ATTLOG", "RTLOG"):
        lines = text if table == "ATTLOG" else adms.attendance_lines(text)
        taken = receiving.take_lines(speaker, lines, stamp=request.GET.get("Stamp", ""), network=network)
        return f"OK: {taken.lines}"
    if table in ("OPERLOG", "USERINFO"):
        count = receiving.take_names(speaker, text)
        stamp = (request.GET.get("OpStamp") or speaker.user_stamp)[:40]
        receiving.note_contact(speaker, network, columns={"user_stamp": stamp})
        return f"OK: {count}"
    # Photos, fingers, faces, states of doors: not asked for, not read, not kept.
    _note(request, speaker)
    return "OK"


@spoken
def getrequest(request: HttpRequest, speaker: Speaker) -> str:
    """A machine asks what to do."""
    firmware = request.GET.get("INFO", "").split(",")[0][:60]
    _note(request, speaker, adms.Told(firmware=firmware) if firmware else None)
    return adms.commands([] if current_region().is_read_only else receiving.commands_for(speaker))


@spoken
def devicecmd(request: HttpRequest, speaker: Speaker) -> str:
    """A machine tells what became of its commands."""
    report = adms.report_of(_body(request))
    receiving.take_results(speaker, report.results)
    told = report.told
    _note(request, speaker, told if told != adms.Told() else None)
    return "OK"


@spoken
def registry(request: HttpRequest, speaker: Speaker) -> str:
    """A door machine introduces itself."""
    _note(request, speaker, adms.told_at_registry(_body(request)))
    return adms.registered(speaker.serial, current_region().code)


@spoken
def push(request: HttpRequest, speaker: Speaker) -> str:
    """A door machine that is registered asks for its settings."""
    _note(request, speaker)
    return adms.door_settings()


@spoken
def querydata(request: HttpRequest, speaker: Speaker) -> str:
    """A door machine answers a question for its users."""
    if request.GET.get("tablename", "").lower() == "user":
        receiving.take_names(speaker, _body(request))
    _note(request, speaker)
    return "OK"


@spoken
def rtdata(request: HttpRequest, speaker: Speaker) -> str:
    """A machine asks what time it is."""
    _note(request, speaker)
    return adms.clock_answer(clock.now(), speaker.hours_east)


@spoken
def ping(request: HttpRequest, speaker: Speaker) -> str:
    """A machine says that it is there."""
    _note(request, speaker)
    return "OK"


def _note(request: HttpRequest, speaker: Speaker, told: adms.Told | None = None) -> None:
    receiving.note_contact(speaker, origin.address_of(request), told)
