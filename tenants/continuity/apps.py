"""The continuity kit and the attendance that comes back on paper."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class ContinuityConfig(AppConfig):
    name = "tenants.continuity"
    label = "continuity"
    verbose_name = "Paket cadangan"

    @override
    def ready(self) -> None:
        from kernel.web import navigation
        from tenants.continuity import access, actions, approving, permissions  # noqa: F401 - readers and works register on import

        navigation.register(
            area="console",
            label=_("Paket cadangan"),
            url_name="continuity-kits",
            permission=permissions.KIT,
            icon="life-buoy",
            order=20,
            group="emergency",
        )
