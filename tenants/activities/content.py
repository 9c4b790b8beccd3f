"""What an activity says, as plain values: for the audit log, for former contents, and to show what was changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kernel import clock
from kernel.date_words import short_day_words
from kernel.files.models import StoredFile
from kernel.tenancy.context import current_region
from kernel.web.templatetags.kd import menit
from tenants.activities import targets
from tenants.activities.models import Activity, Evidence, FormerContent

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that was changed, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What was changed from the version before to `version`, when and by whom."""

    version: int
    at: datetime
    who: str
    differences: Sequence[Difference]


def content_of(activity: Activity, files: Sequence[StoredFile] | None = None) -> dict[str, Any]:
    """The activity's content as JSON values; with `files` also what evidence it had."""
    zone = clock.zone(current_region().time_zone)
    content: dict[str, Any] = {
        "job_kind": activity.job_kind.code,
        "job_kind_name": activity.job_kind.name,
        "catalogue_version": activity.job_kind.valid_from.isoformat(),
        "date": activity.date.isoformat(),
        "starts_at": f"{activity.span.lower.astimezone(zone):%H:%M}",
        "minutes": activity.minutes,
        "volume": activity.volume,
        "output_unit": activity.job_kind.output_unit,
        "description": activity.description,
        "letter_number": activity.letter_number,
        "disposition_number": activity.disposition_number,
        "part": activity.part,
        "target_uid": None if activity.target_uid is None else str(activity.target_uid),
    }
    if files is not None:
        content["files"] = [{"uid": str(file.uid), "name": file.name} for file in files]
    return content


def differences(before: Content, after: Content) -> list[Difference]:
    """The fields in which two contents differ, in the order of the form."""
    target_then, target_now = _targets(before, after)
    found = []
    for label, then, now in (
        (_("Jenis pekerjaan"), before["job_kind_name"], after["job_kind_name"]),
        (_("Uraian"), before["description"], after["description"]),
        (_("Tanggal"), _day(before), _day(after)),
        (_("Mulai pukul"), _time(before), _time(after)),
        (_("Jumlah hasil"), _result(before), _result(after)),
        (_("Lama"), menit(before["minutes"]), menit(after["minutes"])),
        (_("Nomor surat"), before["letter_number"], after["letter_number"]),
        (_("Nomor disposisi"), before["disposition_number"], after["disposition_number"]),
        (_("Peran"), before["part"], after["part"]),
        (_("Sasaran SKP"), target_then, target_now),
        (_("Bukti"), _files(before), _files(after)),
    ):
        if then != now:
            found.append(Difference(label, then or "–", now or "–"))
    return found


def corrections_of(activity: Activity, files: Sequence[StoredFile]) -> list[Correction]:
    """Every correction since the activity was first handed in, the newest first. One statement."""
    former = list(
        FormerContent.objects.filter(activity_uid=activity.uid).select_related("replaced_by").order_by("version")
    )
    contents: list[Content] = [row.content for row in former] + [content_of(activity, files)]
    found = [
        Correction(
            row.version + 1,
            row.replaced_at,
            "" if row.replaced_by is None else row.replaced_by.display_name,
            differences(row.content, after),
        )
        for row, after in zip(former, contents[1:], strict=True)
    ]
    return found[::-1]


def files_of(activities: Sequence[Activity]) -> dict[int, list[StoredFile]]:
    """The evidence of each by its key, in order; who has none is left out. One statement, none for none."""
    found: dict[int, list[StoredFile]] = {}
    if activities:
        rows = Evidence.objects.filter(activity__in=[activity.pk for activity in activities]).select_related("file")
        for row in rows.order_by("pk"):
            found.setdefault(row.activity_id, []).append(row.file)
    return found


def last_corrections(activities: Sequence[Activity], files: Mapping[int, Sequence[StoredFile]]) -> dict[UUID, str]:
    """By uid, in one line: what the last correction of each changed. The activities carry their job kind, `files` is
    their evidence by key. One statement, none for none."""
    if not activities:
        return {}
    before: dict[UUID, Content] = {}
    rows = FormerContent.objects.filter(activity_uid__in=[activity.uid for activity in activities])
    for uid, content in rows.order_by("version").values_list("activity_uid", "content"):
        before[uid] = content
    found = {}
    for activity in activities:
        if activity.uid in before:
            now = content_of(activity, files.get(activity.pk, ()))
            changes = differences(before[activity.uid], now)
            found[activity.uid] = "; ".join(f"{each.label}: {each.before} → {each.after}" for each in changes)
    return found


def _day(content: Content) -> str:
    return short_day_words(date.fromisoformat(content["date"]))


def _time(content: Content) -> str:
    return str(content["starts_at"]).replace(":", ".")


def _result(content: Content) -> str:
    return f"{content['volume']} {content['output_unit']}"


def _targets(before: Content, after: Content) -> tuple[str, str]:
    then, now = str(before["target_uid"] or ""), str(after["target_uid"] or "")
    if then == now:
        return "", ""
    labels = targets.labels([UUID(uid) for uid in (then, now) if uid])
    # A target that is no longer known still differs from the other.
    first, second = (labels.get(UUID(uid), uid) if uid else "" for uid in (then, now))
    return first, second


def _files(content: Content) -> str:
    return ", ".join(sorted(file["name"] for file in content.get("files", ())))
