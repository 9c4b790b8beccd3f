"""What a decision does to activities: points and minutes are frozen when they are approved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.among import among_keys
from kernel.date_words import month_words, weekday_words
from kernel.delivery import outbox
from kernel.periods import Month
from kernel.tenancy.context import current_region
from kernel.web.row_patterns import addresses
from kernel.web.templatetags.kd import menit
from tenants.activities import checks
from tenants.activities.access import DOCUMENT_KIND
from tenants.activities.actions import SCREEN_TASK
from tenants.activities.content import files_of, last_corrections
from tenants.activities.counting import counted_minutes_in_sql, counted_points_in_sql
from tenants.activities.models import Activity, CatalogueVersion, JobKind
from tenants.activities.targets import labels
from tenants.activities.window import last_entry_day
from tenants.approvals.errors import DocumentsOutOfStep, NotRecallable
from tenants.approvals.handlers import DeadlineRule, Details, Handler, handler
from tenants.approvals.models import ApprovalRequest
from tenants.calendars import closing
from tenants.rules.engine import entry_policy
from tenants.rules.loading import rules_on

# What an approver sees of an activity, and what it is compared with where it was changed.
_SHOWN: Final = (
    *("region_number", "uid", "date", "span", "minutes", "volume", "description", "letter_number"),
    *("disposition_number", "part", "target_uid", "version"),
    *("job_kind__code", "job_kind__name", "job_kind__valid_from", "job_kind__output_unit"),
)


# What a late activity is called beside the person's month.
LATE: Final = "Aktivitas"


@handler(DOCUMENT_KIND)
class Activities(Handler):
    """Daily activities."""

    label = gettext_lazy("Aktivitas")

    @override
    def on_approved(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime) -> None:
        """Minutes and points by the version of the activity's day, in percent when it came late, count from now on.

        Those of a closed month come out as a plus of a difference run.
        """
        keys = _locked(requests, Activity.State.SUBMITTED)
        kind = JobKind.objects.filter(pk=OuterRef("job_kind_id"))
        points, weight = (Subquery(kind.values(name)[:1]) for name in ("points", "weight"))
        number = CatalogueVersion.objects.order_by("-number").values("number")[:1]
        Activity.objects.filter(among_keys("pk", keys)).update(
            state=Activity.State.APPROVED,
            approved_minutes=counted_minutes_in_sql(),
            approved_points=counted_points_in_sql(points, weight),
            approved_weight=weight,
            catalogue_version=Coalesce(Subquery(number), 0),
            decided_at=at,
        )

    @override
    def on_returned(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        keys = _locked(requests, Activity.State.SUBMITTED)
        Activity.objects.filter(among_keys("pk", keys)).update(state=Activity.State.RETURNED, decided_at=at)

    @override
    def on_rejected(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        keys = _locked(requests, Activity.State.SUBMITTED)
        Activity.objects.filter(among_keys("pk", keys)).update(state=Activity.State.REJECTED, decided_at=at)

    @override
    def on_recalled(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        """Back to the owner; what was frozen no longer counts. A closed month refuses."""
        try:
            keys = _locked(requests, Activity.State.APPROVED)
        except DocumentsOutOfStep as error:
            raise NotRecallable from error
        Activity.objects.filter(among_keys("pk", keys)).update(
            state=Activity.State.RETURNED,
            approved_minutes=None,
            approved_points=None,
            approved_weight=None,
            catalogue_version=None,
            decided_at=at,
        )

    @override
    def on_undone(
        self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime
    ) -> Mapping[UUID, Mapping[str, object]]:
        """Handed in again; what was frozen no longer counts and stays in the audit log. A closed month refuses.

        A worker looks again: what was approved before its look was left alone.
        """
        keys = _locked(requests, Activity.State.APPROVED)
        rows = Activity.objects.filter(among_keys("pk", keys))
        frozen = ("approved_minutes", "approved_points", "approved_weight", "catalogue_version")
        given = {row["uid"]: {name: row[name] for name in frozen} for row in rows.values("uid", *frozen)}
        rows.update(state=Activity.State.SUBMITTED, decided_at=None, **dict.fromkeys(frozen))
        if given:
            outbox.send(SCREEN_TASK, uids=[str(uid) for uid in given])
        return given

    @override
    def details(self, uids: Collection[UUID]) -> dict[UUID, Details]:
        rows = list(Activity.objects.named(uids).select_related("job_kind").only(*_SHOWN))
        files = files_of(rows)
        targets = labels({row.target_uid for row in rows if row.target_uid is not None})
        corrections = last_corrections([row for row in rows if row.version > 1], files)
        # What many rows say is worked out once.
        days = {day: date_format(day, "D, j M Y") for day in {row.date for row in rows}}
        lengths = {minutes: menit(minutes) for minutes in {row.minutes for row in rows}}
        zone = clock.zone(current_region().time_zone)
        own, whole = addresses("activities-activity"), addresses("activities-review")
        day_label, time_label, result_label = _("Tanggal"), _("Waktu"), _("Hasil")
        found = {}
        for activity in rows:
            begin, end = (moment.astimezone(zone) for moment in (activity.span.lower, activity.span.upper))
            facts: list[tuple[str, object]] = [
                (day_label, days[activity.date]),
                (time_label, f"{begin:%H.%M}–{end:%H.%M}, {lengths[activity.minutes]}"),
                (result_label, f"{activity.volume} {activity.job_kind.output_unit}"),
            ]
            if activity.letter_number:
                facts.append((_("Nomor surat"), activity.letter_number))
            if activity.disposition_number:
                facts.append((_("Nomor disposisi"), activity.disposition_number))
            if activity.part:
                facts.append((_("Peran"), activity.part))
            if activity.target_uid is not None and (target := targets.get(activity.target_uid)):
                facts.append((_("Sasaran SKP"), target))
            if changed := corrections.get(activity.uid):
                facts.append((_("Yang berubah"), changed))
            found[activity.uid] = Details(
                facts=facts,
                text=activity.description if activity.description != activity.job_kind.name else "",
                files=files.get(activity.pk, ()),
                url=own(activity.uid),
                whole=whole(activity.uid),
                days=(activity.date, activity.date),
            )
        return found

    @override
    def version(self, uids: Collection[UUID]) -> Mapping[UUID, str]:
        return {uid: str(number) for uid, number in Activity.objects.named(uids).values_list("uid", "version")}

    @override
    def deadline_rule(self, day: date) -> DeadlineRule | None:
        """What the log rule says of entries that the superior does not decide."""
        rule_set = rules_on(day)
        rule = None if rule_set is None else entry_policy(rule_set)
        if rule is None or rule.auto_approve_after_days is None:
            return None
        return DeadlineRule(rule.auto_approve_after_days, rule.after_deadline)

    @override
    def next_deadline(self, today: date) -> str:
        rule = checks.entry_rule(today)
        if rule is None:
            return ""
        month = Month.of(today)
        last = month.days()[-1]
        name = month_words(last)
        if rule.days == "working":
            return _("Aktivitas %(month)s dapat diajukan sampai %(days)d hari kerja sesudah tanggalnya.") % {
                "month": name,
                "days": rule.days_back,
            }
        until = last_entry_day(rule, last, lambda day: True)
        return _("Aktivitas %(month)s dapat diajukan sampai %(until)s.") % {
            "month": name,
            "until": weekday_words(until),
        }


def _locked(requests: Sequence[ApprovalRequest], state: str) -> list[int]:
    """The keys of the documents, locked in order and all in this state; what counts already lies in open months."""
    wanted = {request.document_uid for request in requests}
    rows = list(
        Activity.objects.named(wanted)
        .filter(state=state)
        .select_for_update(of=("self",))
        .order_by("pk")
        .values_list("pk", "date", "employee_id")
    )
    if len(rows) != len(wanted):
        raise DocumentsOutOfStep(f"{len(wanted) - len(rows)} activities are not {state}")
    days = [(employee, day) for _key, day, employee in rows]
    if state == Activity.State.SUBMITTED:
        closing.note_late([(employee, day, day) for employee, day in days], LATE)
    elif days:
        # What counted when a month was closed is not taken out of it.
        first, last = min(day for _, day in days), max(day for _, day in days)
        closing.require_open(first, last, employees={employee for employee, _ in days})
    return [key for key, _day, _employee in rows]
