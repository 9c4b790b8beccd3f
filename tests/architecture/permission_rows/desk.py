"""The incident desk."""

from control.incidents.actions import attach, note, open_or_join
from control.incidents.models import Incident, Kind, Pack, TaskTemplate
from control.incidents.packs.making import make_pack
from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import User
from tests.architecture.permission_table import Cast, operators
from tests.cast import make_user

DESK = System("uji")


def an_incident(cast: Cast | None = None) -> Incident:
    """The same one however often it is asked for: args and data are made one after the other."""
    return open_or_join(
        kind=Kind.JUDOL_TEXT,
        severity="high",
        region="manado",
        key="tabel-izin",
        title="Uji",
        summary="Uji",
        at=clock.now(),
        source="tabel-izin",
    )


def incident(cast: Cast) -> dict[str, object]:
    return {"uid": an_incident().uid}


def entry(cast: Cast) -> dict[str, object]:
    found = an_incident()
    return {"uid": found.uid, "entry": note(found, "Uji", actor=DESK).uid}


def task(cast: Cast) -> dict[str, object]:
    found = an_incident()
    first = found.tasks.first()
    assert first is not None
    return {"uid": found.uid, "task": first.uid}


def notice(cast: Cast) -> dict[str, object]:
    found = an_incident()
    return {"uid": found.uid, "notice": found.notices.get().uid}


def evidence(cast: Cast) -> dict[str, object]:
    found = an_incident()
    return {"uid": found.uid, "evidence": attach(found, "bukti.txt", b"bukti", "Uji", actor=DESK).uid}


def pack(cast: Cast) -> dict[str, object]:
    found = an_incident()
    return {"uid": found.uid, "pack": make_pack(found, Pack.Kind.NORMALISATION, actor=DESK).uid}


def breached(cast: Cast) -> dict[str, object]:
    found = an_incident()
    Incident.objects.filter(pk=found.pk).update(breach_known_at=clock.now())
    return {"uid": found.uid}


def in_work(cast: Cast) -> dict[str, object]:
    found = an_incident()
    Incident.objects.filter(pk=found.pk).update(state="handling")
    return {"uid": found.uid}


def a_reason(cast: Cast) -> dict[str, object]:
    return {"reason": "Uji"}


def an_owner(cast: Cast) -> dict[str, object]:
    login = "operator@platform.test"
    found = User.objects.filter(login=login).first() or make_user(login, "Operator", "operator")
    return {"owner": found.uid}


def another(cast: Cast) -> dict[str, object]:
    other = open_or_join(
        kind=Kind.OTHER,
        severity="low",
        region=None,
        key="tabel-izin-lain",
        title="Lain",
        summary="",
        at=clock.now(),
        source="tabel-izin-lain",
    )
    return {"into": other.number, "reason": "Uji"}


def template(cast: Cast) -> dict[str, object]:
    return {"key": TaskTemplate.objects.get(kind="", order=1).pk}


CLOCK = {
    "hours": 24,
    "recipient": "TTIS",
    "sender": "TTIS",
    "source": "Peraturan BSSN 1/2024 Pasal 15",
    "source_checked_on": "2026-11-20",
}

ROWS = [
    operators("desk-queue", "GET", "operator"),
    operators("desk-new", "GET", "operator"),
    operators(
        "desk-new",
        "POST",
        "operator",
        ok=302,
        data=lambda cast: {"title": "Uji", "kind": "other", "severity": 1, "region": "", "summary": "Uji"},
    ),
    operators("desk-clocks", "GET", "operator"),
    operators("desk-clock", "GET", "operator", args=lambda cast: {"code": "bssn"}),
    operators("desk-clock", "POST", "operator", ok=302, args=lambda cast: {"code": "bssn"}, data=lambda cast: CLOCK),
    operators("desk-templates", "GET", "operator"),
    operators("desk-template", "GET", "operator", args=template),
    operators(
        "desk-template",
        "POST",
        "operator",
        ok=302,
        args=template,
        data=lambda cast: {"title": "Uji", "due_minutes": 30, "is_active": "on"},
    ),
    operators("desk-incident", "GET", "operator", args=incident),
    operators("desk-timeline", "GET", "operator", args=incident),
    operators("desk-json", "GET", "operator", args=incident),
    operators("desk-move", "POST", "operator", ok=302, args=incident, data=lambda cast: {"to": "handling"}),
    operators("desk-back", "POST", "operator", ok=302, args=in_work, data=a_reason),
    operators("desk-false-alarm", "POST", "operator", ok=302, args=incident, data=a_reason),
    operators(
        "desk-severity", "POST", "operator", ok=302, args=incident, data=lambda cast: {"severity": 4, "reason": "Uji"}
    ),
    operators("desk-owner", "POST", "operator", ok=302, args=incident, data=an_owner),
    operators(
        "desk-breach", "POST", "operator", ok=302, args=incident, data=lambda cast: {"known_at": "2026-11-01T08:00"}
    ),
    operators("desk-no-breach", "POST", "operator", ok=302, args=breached, data=a_reason),
    operators("desk-merge", "POST", "operator", ok=302, args=incident, data=another),
    operators("desk-note", "POST", "operator", ok=302, args=incident, data=lambda cast: {"text": "Uji"}),
    operators("desk-key-event", "POST", "operator", ok=302, args=entry, data=lambda cast: {"on": "1"}),
    operators("desk-report", "POST", "operator", ok=302, args=incident, data=lambda cast: {"title": "Uji"}),
    operators("desk-add-task", "POST", "operator", ok=302, args=incident, data=lambda cast: {"title": "Uji"}),
    operators("desk-task", "POST", "operator", ok=302, args=task, data=lambda cast: {"state": "doing"}),
    operators(
        "desk-sent",
        "POST",
        "operator",
        ok=302,
        args=notice,
        data=lambda cast: {"sent_at": "2026-11-01T08:00", "receipt": "TT-1"},
    ),
    operators("desk-waive", "POST", "operator", ok=302, args=notice, data=a_reason),
    operators("desk-notice-again", "POST", "operator", ok=302, args=notice, data=a_reason),
    operators("desk-attach", "POST", "operator", ok=422, args=incident),
    operators("desk-evidence", "GET", "operator", args=evidence),
    operators("desk-make-pack", "POST", "operator", ok=302, args=incident, data=lambda cast: {"kind": "report"}),
    operators("desk-pack", "GET", "operator", args=pack),
]
