"""Changing a detection: every change is a version, and the last one can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from control.watch.errors import ChangedMeanwhile, NoFormerVersion
from control.watch.models import Detection, DetectionVersion
from control.watch.rules import read_rule
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.watching import names

CHANGED = declare_action("watch.detection_changed", "Deteksi diubah", event=names.RULE_VERSION_CHANGE)


@transaction.atomic
def change_detection(
    *,
    uid: UUID,
    version: int,
    title: str,
    status: str,
    content: Mapping[str, Any],
    runbook: str,
    reason: str,
    actor: User,
) -> Detection:
    """Put a new wording in force. The same wording again changes nothing.

    `version` is the one that the person saw. Raises NotFound, ChangedMeanwhile, RuleUnreadable.
    """
    detection = _locked(uid)
    if detection.version != version:
        raise ChangedMeanwhile(detection.title)
    read_rule(content)
    wanted = {"title": title.strip(), "status": status, "content": dict(content), "runbook": runbook.strip()}
    if all(getattr(detection, name) == value for name, value in wanted.items()):
        return detection
    return _put(detection, wanted, reason, actor)


@transaction.atomic
def take_back(*, uid: UUID, actor: User) -> Detection:
    """Put the wording before the last change in force again, as a new version. Raises NotFound, NoFormerVersion."""
    detection = _locked(uid)
    former = detection.versions.filter(version=detection.version - 1).first()
    if former is None:
        raise NoFormerVersion(detection.title)
    wanted = {name: getattr(former, name) for name in ("title", "status", "content", "runbook")}
    reason = _("Kembali ke versi %(version)d") % {"version": former.version}
    return _put(detection, wanted, reason, actor)


def _locked(uid: UUID) -> Detection:
    detection = Detection.objects.select_for_update().filter(uid=uid).first()
    if detection is None:
        raise NotFound("detection")
    return detection


def _put(detection: Detection, wanted: Mapping[str, Any], reason: str, actor: User) -> Detection:
    before = {"status": detection.status, "version": detection.version, "content": detection.content}
    for name, value in wanted.items():
        setattr(detection, name, value)
    detection.version += 1
    detection.save()
    DetectionVersion.objects.create(
        detection=detection,
        version=detection.version,
        by_uid=actor.uid,
        by_name=actor.display_name,
        reason=reason[:200],
        **wanted,
    )
    after = {"status": detection.status, "version": detection.version, "content": detection.content}
    record(CHANGED, actor=actor, subject=detection, before=before, after=after, note=reason)
    return detection
