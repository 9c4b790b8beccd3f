from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class SecurityConfig(AppConfig):
    name = "tenants.security"
    label = "security"
    verbose_name = "Keamanan wilayah"

    @override
    def ready(self) -> None:
        from kernel.web import navigation
        from tenants.security import actions, permissions  # noqa: F401 - declare on import

        navigation.register(
            area="console",
            label=_("Keamanan"),
            url_name="security-home",
            permission=permissions.READ,
            icon="shield",
            order=5,
            group="emergency",
        )
