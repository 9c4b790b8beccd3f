"""Who keeps the SKP from a month on: set ahead, dated, and taken back while nothing has been rated by it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.permissions import require
from tenants.calendars import closing
from tenants.skp.arrangement import arrangement_on
from tenants.skp.errors import SettingRefused
from tenants.skp.models import MonthlyRating, PeriodReport, SkpSetting
from tenants.skp.permissions import CONFIGURE
from tenants.skp.rating_periods import RatingPeriod

SET = declare_action("skp.setting_made", "Pengaturan SKP dibuat")
REMOVED = declare_action("skp.setting_removed", "Pengaturan SKP dibatalkan")


@transaction.atomic
def make_setting(*, valid_from: date, source: str, months_per_period: int, behaviour: str, actor: User) -> SkpSetting:
    """A setting from the first day of a month on. What was rated before stays as it is.

    Raises SettingRefused (inside a quarter, taken, months that are rated already), closing.ClosedForSome, NotAllowed.
    """
    require(actor, CONFIGURE)
    list(SkpSetting.objects.select_for_update())
    first = valid_from.replace(day=1)
    if SkpSetting.objects.filter(valid_from=first).exists():
        raise SettingRefused("taken", first)
    for length in (arrangement_on(first).months_per_period, months_per_period):
        if RatingPeriod.of(first, length).first_day != first:
            raise SettingRefused("inside", first)
    closing.require_open_for_all(first)
    _require_unrated(first)
    setting = SkpSetting.objects.create(
        valid_from=first,
        source=source,
        months_per_period=months_per_period,
        behaviour=behaviour,
        made_by=actor,
    )
    record(SET, actor=actor, subject=setting, after=_content(setting))
    return setting


@transaction.atomic
def remove_setting(*, uid: UUID, actor: User) -> None:
    """Take a setting back by which nothing was rated yet. Raises SettingRefused, closing.ClosedForSome, NotFound,
    NotAllowed."""
    require(actor, CONFIGURE)
    setting = SkpSetting.objects.select_for_update().filter(uid=uid).first()
    if setting is None:
        raise NotFound("setting")
    closing.require_open_for_all(setting.valid_from)
    _require_unrated(setting.valid_from)
    record(REMOVED, actor=actor, subject=setting, before=_content(setting))
    setting.delete()


def _require_unrated(first: date) -> None:
    """Nothing is rated or realised from that month on. Raises SettingRefused."""
    if (
        MonthlyRating.objects.filter(month__gte=first).exists()
        or PeriodReport.objects.filter(first_day__gte=first).exists()
    ):
        raise SettingRefused("rated", first)


def _content(setting: SkpSetting) -> dict[str, object]:
    return {
        "valid_from": setting.valid_from,
        "source": setting.source,
        "months_per_period": setting.months_per_period,
        "behaviour": setting.behaviour,
    }
