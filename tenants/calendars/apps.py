from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class CalendarsConfig(AppConfig):
    name = "tenants.calendars"
    label = "calendars"
    verbose_name = "Kalender"

    @override
    def ready(self) -> None:
        import tenants.calendars.roster_access
        import tenants.calendars.roster_import
        import tenants.calendars.seeds  # noqa: F401
        from kernel.web import navigation
        from tenants.calendars.permissions import ROSTER, VIEW_CALENDAR

        navigation.register(
            area="console",
            label=_("Kalender kerja"),
            url_name="calendars-holidays",
            permission=VIEW_CALENDAR,
            icon="calendar-days",
            order=70,
            group="attendance",
        )
        navigation.register(
            area="console",
            label=_("Jadwal sif"),
            url_name="calendars-roster",
            permission=ROSTER,
            icon="table-2",
            order=60,
            group="attendance",
        )
