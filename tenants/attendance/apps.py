"""Documents and day results."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class AttendanceConfig(AppConfig):
    name = "tenants.attendance"
    label = "attendance"
    verbose_name = "Kehadiran"

    @override
    def ready(self) -> None:
        import tenants.attendance.access
        import tenants.attendance.decisions
        import tenants.attendance.following
        import tenants.attendance.jobs  # noqa: F401 - readers, handlers and works register on import
        from kernel.web import navigation
        from tenants.assemblies.results import register_excuses
        from tenants.attendance import permissions
        from tenants.attendance.excuses import excused_on

        register_excuses(excused_on)

        navigation.register(
            area="employee",
            label=_("Kalender"),
            url_name="attendance-month",
            permission=permissions.READ_OWN,
            icon="calendar-days",
            order=40,
        )
        navigation.register(
            area="console",
            label=_("Kehadiran saat ini"),
            url_name="attendance-live",
            permission=permissions.READ_UNIT,
            icon="calendar-check",
            order=10,
            group="attendance",
        )
        navigation.register(
            area="console",
            label=_("Surat kehadiran"),
            url_name="attendance-record",
            permission=permissions.RECORD,
            icon="file-text",
            order=30,
            group="attendance",
        )
        navigation.register(
            area="console",
            label=_("Surat tugas bersama"),
            url_name="attendance-orders",
            permission=permissions.ORDER,
            icon="send",
            order=35,
            group="attendance",
        )
        navigation.register(
            area="console",
            label=_("Syarat surat"),
            url_name="attendance-policy",
            permission=permissions.POLICY,
            icon="list-checks",
            order=50,
            group="settings",
        )
