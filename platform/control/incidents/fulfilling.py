"""Doing what an incident obliges to: its tasks, its notices, and the rules of both."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from control.incidents.actions import attach, incident_of
from control.incidents.errors import ProofMissing, ReasonMissing, SettledAlready
from control.incidents.leading import open_incident
from control.incidents.models import Evidence, Incident, LegalClock, Notice, Task, TaskTemplate, TimelineEntry
from control.incidents.telling import tell_regions
from control.incidents.timeline import enter, entry_of, name_of
from control.regions.models import Region
from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.tenancy.context import control_scope

TASK_CHANGED = declare_action("incidents.task_changed", "Tugas insiden diubah")
NOTICE_SENT = declare_action("incidents.notice_sent", "Pemberitahuan insiden dikirim")
NOTICE_WAIVED = declare_action("incidents.notice_waived", "Pemberitahuan insiden dinyatakan tidak perlu")
NOTICE_REOPENED = declare_action("incidents.notice_reopened", "Pemberitahuan insiden dibuka lagi")
CLOCK_CHANGED = declare_action("incidents.clock_changed", "Tenggat hukum diubah")
TEMPLATE_CHANGED = declare_action("incidents.template_changed", "Templat tugas insiden diubah")

# What a region's answer makes of the task; words alone change nothing.
_ANSWERS: Final = {"acknowledged": Task.State.DOING, "done": Task.State.DONE}
_SETTLED: Final = (Task.State.DONE, Task.State.DROPPED)


@transaction.atomic
def add_task(
    *,
    uid: UUID,
    title: str,
    instruction: str,
    due_at: datetime | None,
    asked_of: str,
    actor: User,
    source: str = "",
) -> Task:
    """A task that no template knew; the same `source` again is the same task.

    `asked_of`: the role in the region that is asked, "" for the desk's own; an incident of no region asks nobody.

    Raises NotFound, IsClosed.
    """
    incident = open_incident(uid)
    known = entry_of(source)
    if known is not None and known.task is not None:
        return known.task
    task = Task.objects.create(
        incident=incident,
        title=title.strip(),
        instruction=instruction.strip(),
        due_at=due_at,
        asked_of=asked_of if incident.regions.exists() else "",
    )
    enter(
        incident,
        f"Tugas ditambah: {task.title}.",
        origin=TimelineEntry.Origin.TASK,
        actor=actor,
        source=source,
        task=task,
    )
    if task.asked_of:
        tell_regions(incident)
    return task


@transaction.atomic
def work_on_task(*, uid: UUID, task: UUID, state: str, outcome: str, owner: User | None, actor: User) -> Task:
    """Another state or owner of a task, with what came of it. A settled one may be opened again.

    Raises NotFound, IsClosed, ReasonMissing: what was learnt, and why a task is not needed, is said in words.
    """
    incident = open_incident(uid)
    found = Task.objects.select_for_update(of=("self",)).filter(incident=incident, uid=task).first()
    if found is None:
        raise NotFound("task")
    wanted, before = Task.State(state), Task.State(found.state)
    words = outcome.strip()
    if not words and (wanted == Task.State.DROPPED or (found.is_lessons and wanted == Task.State.DONE)):
        raise ReasonMissing
    found.state, found.owner = wanted, owner
    found.outcome = words or found.outcome
    found.done_at = (found.done_at or clock.now()) if wanted in _SETTLED else None
    found.save()
    said = f"Tugas “{found.title}”: {wanted.label.lower()}."
    enter(incident, f"{said} {words}".strip(), origin=TimelineEntry.Origin.TASK, actor=actor, task=found)
    record(
        TASK_CHANGED,
        actor=actor,
        subject=incident,
        before={"task": found.title, "state": before},
        after={"task": found.title, "state": wanted},
        note=words,
    )
    if found.asked_of and wanted != before:
        tell_regions(incident)
    return found


def take_answer(
    *, incident: UUID, ask: UUID, region: str, kind: str, text: str, at: datetime, source: str
) -> Task | None:
    """What a region's people answered to something that was asked of them; the same `source` again changes nothing.

    `kind` is acknowledged, done or answer. None when nothing of this was asked of that region (its code): what a region
    says is not believed. On a closed incident the words are kept, the task stays as it is.
    """
    with control_scope(), transaction.atomic():
        found = (
            Task.objects.select_for_update(of=("self",))
            .select_related("incident")
            .exclude(asked_of="")
            .filter(uid=ask, incident__uid=incident, incident__regions__code=region)
            .first()
        )
        if found is None:
            return None
        if entry_of(source) is not None:
            return found
        wanted = _ANSWERS.get(kind)
        name = Region.objects.values_list("name", flat=True).get(code=region)
        said = "Jawaban atas “{title}”: {kind}.".format(
            title=found.title,
            kind=Task.State(wanted).label.lower() if wanted else "keterangan",
        )
        enter(
            found.incident,
            f"{said} {text}".strip(),
            origin=TimelineEntry.Origin.REGION,
            actor=System(name),
            at=at,
            source=source,
            task=found,
        )
        if wanted is not None and found.incident.is_open and not found.is_settled and found.state != wanted:
            found.state = wanted
            found.outcome = text or found.outcome
            found.done_at = clock.now() if wanted == Task.State.DONE else None
            found.save()
            tell_regions(found.incident)
    return found


@transaction.atomic
def attach_upload(*, uid: UUID, name: str, content: bytes, what: str, actor: User) -> Evidence:
    """Register what a person hands in as evidence; the same file for the same is registered once.

    Raises NotFound, IsClosed.
    """
    incident = open_incident(uid)
    digest = hashlib.sha256(content).hexdigest()
    known = incident.evidence.filter(sha256=digest, name=name[:200], what=what[:300]).first()
    return known or attach(incident, name, content, what, actor=actor)


def _notice_of(incident: Incident, uid: UUID) -> Notice:
    found = (
        Notice.objects.select_for_update(of=("self",))
        .select_related("clock")
        .filter(incident=incident, uid=uid)
        .first()
    )
    if found is None:
        raise NotFound("notice")
    return found


def _waiting(uid: UUID, notice: UUID) -> tuple[Incident, Notice]:
    incident = incident_of(uid, lock=True)
    found = _notice_of(incident, notice)
    if found.state != Notice.State.WAITING:
        raise SettledAlready
    return incident, found


@transaction.atomic
def send_notice(
    *, uid: UUID, notice: UUID, sent_at: datetime, receipt: str, proof: tuple[str, bytes] | None, actor: User
) -> Notice:
    """It was sent at `sent_at`; a file (name, bytes) or a receipt's number proves it.

    The file becomes evidence of the incident. Raises NotFound, SettledAlready, ProofMissing.
    """
    incident, found = _waiting(uid, notice)
    if proof is None and not receipt.strip():
        raise ProofMissing
    if proof is not None:
        found.proof = attach(incident, proof[0], proof[1], f"Bukti kirim: {found.clock.name}", actor=actor)
    found.state, found.settled_at, found.settled_by = Notice.State.SENT, sent_at, name_of(actor)
    found.note = receipt.strip()
    found.save()
    late = "melewati tenggat" if sent_at > found.due_at else "dalam tenggat"
    enter(
        incident,
        f"{found.clock.name} dikirim kepada {found.clock.recipient}, {late}. {found.note}",
        origin=TimelineEntry.Origin.NOTICE,
        actor=actor,
        at=sent_at,
        is_key=True,
    )
    record(NOTICE_SENT, actor=actor, subject=incident, after={"clock": str(found.clock), "sent_at": sent_at})
    tell_regions(incident)
    return found


@transaction.atomic
def waive_notice(*, uid: UUID, notice: UUID, reason: str, actor: User) -> Notice:
    """Nobody needs to be told, for this reason. Raises NotFound, SettledAlready, ReasonMissing."""
    incident, found = _waiting(uid, notice)
    if not reason.strip():
        raise ReasonMissing
    found.state, found.settled_at, found.settled_by = Notice.State.NOT_NEEDED, clock.now(), name_of(actor)
    found.note = reason.strip()
    found.save()
    enter(
        incident,
        f"{found.clock.name} dinyatakan tidak perlu. {found.note}",
        origin=TimelineEntry.Origin.NOTICE,
        actor=actor,
        is_key=True,
    )
    record(NOTICE_WAIVED, actor=actor, subject=incident, after={"clock": str(found.clock)}, note=found.note)
    tell_regions(incident)
    return found


@transaction.atomic
def reopen_notice(*, uid: UUID, notice: UUID, reason: str, actor: User) -> Notice:
    """It must be sent after all, by the same instant as before. Raises NotFound, IsClosed, ReasonMissing."""
    incident = open_incident(uid)
    found = _notice_of(incident, notice)
    if found.state == Notice.State.WAITING:
        return found
    if not reason.strip():
        raise ReasonMissing
    found.state, found.settled_at, found.settled_by, found.note = Notice.State.WAITING, None, "", ""
    found.proof = None
    found.save()
    enter(
        incident,
        f"{found.clock.name} harus dikirim lagi. {reason.strip()}",
        origin=TimelineEntry.Origin.NOTICE,
        actor=actor,
    )
    record(NOTICE_REOPENED, actor=actor, subject=incident, after={"clock": str(found.clock)}, note=reason.strip())
    tell_regions(incident)
    return found


@transaction.atomic
def change_clock(
    *, code: str, hours: int, recipient: str, sender: str, source: str, source_checked_on: date, note: str, actor: User
) -> LegalClock:
    """A new version of a legal clock, for incidents from now on; what runs already keeps its own. Raises NotFound."""
    newest = LegalClock.objects.select_for_update().filter(code=code).order_by("-version").first()
    if newest is None:
        raise NotFound("clock")
    values: dict[str, Any] = {
        "hours": hours,
        "recipient": recipient.strip(),
        "sender": sender.strip(),
        "source": source.strip(),
        "source_checked_on": source_checked_on,
        "note": note.strip(),
    }
    before = {name: getattr(newest, name) for name in values}
    if before == values:
        return newest
    made = LegalClock.objects.create(
        code=code,
        version=newest.version + 1,
        name=newest.name,
        starts=newest.starts,
        condition=newest.condition,
        parts=newest.parts,
        is_active=newest.is_active,
        made_by=name_of(actor),
        **values,
    )
    record(CLOCK_CHANGED, actor=actor, subject=made, before=before, after={**values, "version": made.version})
    return made


@transaction.atomic
def change_template(
    *, key: int, title: str, instruction: str, due_minutes: int, asked_of: str, is_active: bool, actor: User
) -> TaskTemplate:
    """Another wording or time of a task template, for incidents from now on. What was learnt stays asked for.

    Raises NotFound.
    """
    template = TaskTemplate.objects.select_for_update().filter(pk=key).first()
    if template is None:
        raise NotFound("template")
    values: dict[str, Any] = {
        "title": title.strip(),
        "instruction": instruction.strip(),
        "due_minutes": due_minutes,
        "asked_of": "" if template.is_lessons else asked_of,
        "is_active": is_active or template.is_lessons,
    }
    before = {name: getattr(template, name) for name in values}
    if before != values:
        for name, value in values.items():
            setattr(template, name, value)
        template.save()
        record(TEMPLATE_CHANGED, actor=actor, subject=template, before=before, after=values)
    return template
