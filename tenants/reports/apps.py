"""The first page, and read-only papers: recap, slip."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class ReportsConfig(AppConfig):
    name = "tenants.reports"
    label = "reports"
    verbose_name = "Laporan"

    @override
    def ready(self) -> None:
        from kernel.web import navigation

        navigation.register(area="employee", label=_("Beranda"), url_name="home", icon="house", order=10)
        navigation.register(area="console", label=_("Beranda"), url_name="home", icon="house", order=1)
