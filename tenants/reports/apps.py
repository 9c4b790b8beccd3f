"""The first page, and the papers of a month: recap, slip, an OPD's set."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class ReportsConfig(AppConfig):
    name = "tenants.reports"
    label = "reports"
    verbose_name = "Laporan"

    @override
    def ready(self) -> None:
        import tenants.reports.attendance.making
        import tenants.reports.bundles
        import tenants.reports.paper_settings  # noqa: F401 - work and readers register on import
        from kernel.web import navigation
        from tenants.reports import permissions

        navigation.register(area="employee", label=_("Beranda"), url_name="home", icon="house", order=10)
        navigation.register(area="console", label=_("Beranda"), url_name="home", icon="house", order=1)
        navigation.register(
            area="console",
            label=_("Rekap kehadiran"),
            url_name="papers-attendance",
            permission=permissions.READ_PAPERS,
            icon="table-2",
            order=80,
            group="attendance",
        )
        navigation.register(
            area="console",
            label=_("Dokumen TPP"),
            url_name="papers-opds",
            permission=permissions.READ_PAPERS,
            icon="file-text",
            order=40,
            group="payment",
        )
        navigation.register(
            area="console",
            label=_("Pengaturan dokumen"),
            url_name="papers-settings",
            permission=permissions.PAPER_SETTINGS,
            icon="stamp",
            order=60,
            group="settings",
        )
