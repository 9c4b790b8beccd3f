from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class RulesConfig(AppConfig):
    name = "tenants.rules"
    label = "rules"
    verbose_name = "Aturan"

    @override
    def ready(self) -> None:
        from kernel.web import navigation
        from tenants.rules import permissions

        navigation.register(
            area="console",
            label=_("Aturan"),
            url_name="rules-list",
            permission=permissions.READ,
            icon="scale",
            order=10,
            group="settings",
        )
