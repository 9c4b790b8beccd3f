"""Disturbances: minutes in which nobody could be expected to punch."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class DisturbancesConfig(AppConfig):
    name = "tenants.disturbances"
    label = "disturbances"
    verbose_name = "Jam gangguan"

    @override
    def ready(self) -> None:
        import tenants.disturbances.access  # noqa: F401 - the reader of the evidence registers on import
        from kernel.web import navigation
        from tenants.disturbances import permissions

        navigation.register(
            area="console",
            label=_("Jam gangguan"),
            url_name="disturbances-list",
            permission=permissions.READ,
            icon="triangle-alert",
            order=10,
            group="emergency",
        )
