"""Writing the audit log: one function, called inside the action's transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from kernel import origin, watching
from kernel.accounts.actors import Actor, System
from kernel.audit.models import AuditEvent
from kernel.watching.names import KINDS

_names: dict[str, str] = {}
# Actions that are security events too, by the name of the event.
_watched: dict[str, str] = {}
# Of what came after, what a security event may say: words of ours, never of a person.
_TOLD = frozenset({"role", "opd", "kind", "rows", "count", "people", "content"})
# What JSON gives back as it is.
_PLAIN = (str, int, type(None))


class UnknownAction(Exception):
    """A name that no app declared."""


def declare_action(name: str, label: str, *, event: str = "") -> str:
    """Declare a dotted action name (`activities.approved`) with the words shown for it; returns the name.

    `event`: the security event (`kernel.watching.names`) that the action is as well, told when it is committed.
    """
    if _names.setdefault(name, label) != label:
        raise UnknownAction(f"{name} is declared twice, differently")
    if event:
        _watched[name] = event
    return name


def action_label(name: str) -> str:
    """The words for an action; the name itself for one from an older release."""
    return _names.get(name, name)


def action_names() -> list[tuple[str, str]]:
    """Every declared action with its words, by words."""
    return sorted(_names.items(), key=lambda item: item[1])


def record(
    action: str,
    *,
    actor: Actor,
    subject: models.Model | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> AuditEvent:
    """Write what was done. `subject` is any row, named by its `uid` if it has one. Raises UnknownAction."""
    (event,) = _events(action, actor, [Deed(subject, before or {}, after or {}, note)])
    event.save(force_insert=True)
    _watch([event])
    return event


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done to one of many rows."""

    subject: models.Model | None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


def record_many(action: str, *, actor: Actor, deeds: Iterable[Deed]) -> None:
    """Write the same action on many rows, one event each, in one statement for up to 500. Raises UnknownAction."""
    events = _events(action, actor, deeds)
    AuditEvent.objects.bulk_create(events, batch_size=500)
    _watch(events)


def _watch(events: Sequence[AuditEvent]) -> None:
    """Tell those that are security events too. Of data it matters how much: a sheet of a thousand rows is one event."""
    name = _watched.get(events[0].action) if events else None
    if name is None:
        return
    if len(events) > 1 and KINDS[name].group == "data":
        event = events[0]
        watching.emit_on_commit(name, person=event.actor_uid, action=event.action, count=len(events))
        return
    for event in events:
        watching.emit_on_commit(
            name,
            subject=str(event.subject_uid or ""),
            person=event.actor_uid,
            action=event.action,
            to_self=event.actor_uid is not None and event.actor_uid == event.subject_uid,
            **{key: value for key, value in event.after.items() if isinstance(value, str | int) and key in _TOLD},
        )


def _events(action: str, actor: Actor, deeds: Iterable[Deed]) -> list[AuditEvent]:
    if action not in _names:
        raise UnknownAction(action)
    is_system = isinstance(actor, System)
    bound = structlog.contextvars.get_contextvars()
    same = {
        "action": action,
        "actor_kind": AuditEvent.ActorKind.SYSTEM if is_system else AuditEvent.ActorKind.USER,
        "actor_uid": None if isinstance(actor, System) else actor.uid,
        "actor_name": actor.name if isinstance(actor, System) else actor.display_name,
        "origin": origin.current()[:100],
        "request_id": str(bound.get("request_id") or bound.get("task_id") or ""),
    }
    return [
        AuditEvent(
            **same,
            subject_kind="" if deed.subject is None else deed.subject._meta.label_lower,
            subject_uid=_uid_of(deed.subject),
            subject_name="" if deed.subject is None else str(deed.subject)[:300],
            before=_plain(deed.before),
            after=_plain(deed.after),
            note=deed.note,
        )
        for deed in deeds
    ]


def _uid_of(subject: models.Model | None) -> UUID | None:
    uid: UUID | None = getattr(subject, "uid", None)
    if uid is None and subject is not None and isinstance(subject.pk, UUID):
        return subject.pk
    return uid


def _plain(values: Mapping[str, Any]) -> Any:
    # Most values are plain already; a round trip through JSON for each of hundreds of events is felt.
    if all(isinstance(value, _PLAIN) for value in values.values()):
        return dict(values)
    return json.loads(json.dumps(dict(values), cls=DjangoJSONEncoder))
