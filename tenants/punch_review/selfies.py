"""Pictures that come with punches, where a region wants them.

What a phone sends is never shown to anybody: a worker reads its pixels and makes a small picture of them anew, without
a word of what the camera wrote, and the file that was sent is thrown away. A punch without its picture stays a punch.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.urls import reverse

from kernel import clock
from kernel.accounts.models import User
from kernel.delivery import outbox
from kernel.errors import NotFound
from kernel.files.access import reader
from kernel.files.actions import discard, discard_sent, look_at_kept, store_file, store_made
from kernel.files.inspection.pictures import Wanted
from kernel.files.models import StoredFile
from kernel.permissions import user_may
from kernel.tenancy.context import current_region
from tenants.employees.models import Employee
from tenants.punch_review import access
from tenants.punch_review.configuring import selfie_rule
from tenants.punch_review.following import add_signal
from tenants.punch_review.models import Selfie, SelfieRule
from tenants.punch_review.permissions import REVIEW
from tenants.punch_review.scoring import Finding
from tenants.punches.drawing import draw
from tenants.punches.models import Punch

MAKE_TASK: Final = "tenants.punch_review.tasks.make_selfie"
PURPOSE: Final = "selfie"
# Nobody reads files of this purpose: they live until a worker has made the picture.
SENT: Final = "selfie_sent"
TYPES: Final = frozenset({"image/jpeg", "image/png"})
MOST_BYTES: Final = 5 * 1024 * 1024
SMALL: Final = Wanted(longest_edge=720, quality=80)
# A phone without signal sends the punch first and the picture when it can.
PATIENCE: Final = timedelta(hours=24)
_WITHIN: Final = timedelta(hours=48)


def policy_part(employee: Employee) -> dict[str, Any]:
    """What the person's phone must know: whether to ask for a picture, how large it may be, where it goes.

    `since` is when the rule began; `done` are the punches of the last day that need none any more.
    """
    rule = selfie_rule()
    nowhere = UUID(int=0)
    return {
        "mode": rule.mode,
        "percent": rule.percent,
        "since": rule.set_at.isoformat(),
        "done": [] if rule.mode == SelfieRule.Mode.OFF else _answered(employee),
        "reasons": [[code, str(words)] for code, words in Selfie.Reason.choices],
        "max_bytes": MOST_BYTES,
        "send_to": reverse("punch-review-selfie", args=[nowhere]).removesuffix(f"{nowhere}/"),
    }


def _answered(employee: Employee) -> list[str]:
    found = Selfie.objects.filter(punch__employee=employee, punch__captured_at__gt=clock.now() - PATIENCE)
    return [str(punch) for punch in found.values_list("punch", flat=True)]


def is_due(rule: SelfieRule, punch_id: UUID) -> bool:
    """Whether this punch comes with a picture; the phone hears of a sample with the answer to its punch."""
    if rule.mode == SelfieRule.Mode.ALWAYS:
        return True
    return rule.mode == SelfieRule.Mode.SAMPLE and draw(punch_id) < rule.percent


def awaited(user: User) -> list[Punch]:
    """The person's punches of the last day whose picture is due and not there yet, the newest first."""
    rule = selfie_rule()
    if rule.mode == SelfieRule.Mode.OFF:
        return []
    own = Punch.objects.filter(employee__user=user, source=Punch.Source.PHONE, selfie__isnull=True)
    own = own.filter(captured_at__gt=clock.now() - PATIENCE, received_at__gt=rule.set_at).order_by("-captured_at")
    return [punch for punch in own if is_due(rule, punch.pk)]


def require_own(user: User, uid: UUID) -> None:
    """Raise NotFound unless the punch is the person's own."""
    if not Punch.objects.filter(pk=uid, employee__user=user).exists():
        raise NotFound("punch")


@transaction.atomic
def keep_selfie(
    *, uid: UUID, upload: File[bytes], actor: User, taken_at: datetime | None = None
) -> tuple[Selfie, bool]:
    """Take the picture of an own punch, and whether it is new; the first one stays.

    `taken_at` is what the phone says where the picture does not. Raises NotFound, FileRefused.
    """
    known = _known(uid, actor)
    if known is not None and known.state != Selfie.State.EXCUSED:
        return known, False
    sent = store_file(
        upload=upload, purpose=SENT, owner=actor, allowed=TYPES, max_bytes=MOST_BYTES, looked_at_later=True
    )
    made = known or Selfie(punch_id=uid)
    made.file, made.sent_digest, made.taken_at = sent, sent.sha256, taken_at
    made.state, made.reason, made.received_at = Selfie.State.WAITING, "", clock.now()
    made.save()
    outbox.send(MAKE_TASK, punch=str(uid))
    return made, True


@transaction.atomic
def excuse_selfie(*, uid: UUID, reason: str, actor: User) -> tuple[Selfie, bool]:
    """No picture of an own punch could be taken: the punch stays and who looks at punches sees why.

    With the row, whether it is new. `reason` is of `Selfie.Reason`. Raises NotFound.
    """
    known = _known(uid, actor)
    if known is not None:
        return known, False
    made = Selfie.objects.create(punch_id=uid, state=Selfie.State.EXCUSED, reason=reason)
    add_signal(uid, Finding("selfie_missing", {"reason": reason}))
    return made, True


def _known(uid: UUID, owner: User) -> Selfie | None:
    """What came with this own punch, which is locked against a second sending. Raises NotFound."""
    punch = Punch.objects.select_for_update(of=("self",)).filter(pk=uid, employee__user=owner).first()
    if punch is None:
        raise NotFound("punch")
    return Selfie.objects.filter(punch=punch).first()


@transaction.atomic
def make_selfie(punch_id: UUID) -> None:
    """Make the picture anew from the pixels of what was sent. Done twice, nothing changes."""
    selfie = Selfie.objects.select_for_update().filter(punch_id=punch_id, state=Selfie.State.WAITING).first()
    if selfie is None or selfie.file_id is None:
        return
    sent = StoredFile.objects.get(pk=selfie.file_id)
    report = look_at_kept(sent, wanted=SMALL)
    if report.made is None:
        selfie.file, selfie.state = None, Selfie.State.UNREADABLE
    else:
        selfie.taken_at = _taken_at(report.facts.get("taken")) or selfie.taken_at
        selfie.file = store_made(
            content=ContentFile(report.made, "swafoto.jpg"), purpose=PURPOSE, owner=sent.owner, kind="image/jpeg"
        )
        selfie.state = Selfie.State.KEPT
    selfie.save(update_fields=["file", "state", "taken_at"])
    discard_sent(sent, report)
    other = Selfie.objects.filter(sent_digest=selfie.sent_digest).exclude(pk=selfie.pk).order_by("received_at").first()
    if other is not None:
        add_signal(punch_id, Finding("selfie_repeated", {"other": str(other.punch_id)}))


def note_missing() -> int:
    """Say so of punches whose picture was due a day ago and is not there; returns how many were looked at."""
    rule = selfie_rule()
    if rule.mode == SelfieRule.Mode.OFF:
        return 0
    now = clock.now()
    due = Punch.objects.filter(source=Punch.Source.PHONE, selfie__isnull=True, received_at__gt=rule.set_at)
    due = due.filter(received_at__gt=now - _WITHIN, received_at__lte=now - PATIENCE)
    late = [punch for punch in due.values_list("pk", flat=True) if is_due(rule, punch)]
    for punch in late:
        add_signal(punch, Finding("selfie_missing"))
    return len(late)


def remove_old() -> int:
    """Throw away the pictures that have been kept long enough; returns how many."""
    before = clock.now() - timedelta(days=selfie_rule().keep_days)
    old = Selfie.objects.filter(state=Selfie.State.KEPT, received_at__lt=before)
    removed = 0
    for pk in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            selfie = old.select_for_update().filter(pk=pk).first()
            if selfie is None or selfie.file_id is None:
                continue
            file = StoredFile.objects.get(pk=selfie.file_id)
            selfie.file, selfie.state = None, Selfie.State.REMOVED
            selfie.save(update_fields=["file", "state"])
            discard(file)
            removed += 1
    return removed


@reader(PURPOSE, is_sensitive=True)
def may_read_selfie(user: User, stored: StoredFile) -> bool:
    """Its person, and who may decide about the punch."""
    if Selfie.objects.filter(file=stored, punch__employee__user=user).exists():
        return True
    if not user_may(user, REVIEW):
        return False
    return access.items_for(user).filter(punch__selfie__file=stored).exists()


def _taken_at(text: object) -> datetime | None:
    try:
        wall = datetime.strptime(str(text), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the camera names no zone
    except ValueError:
        return None
    return wall.replace(tzinfo=clock.zone(current_region().time_zone))
