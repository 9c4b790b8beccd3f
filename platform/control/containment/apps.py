from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class ContainmentConfig(AppConfig):
    name = "control.containment"
    label = "containment"
    verbose_name = "Pengendalian insiden"

    @override
    def ready(self) -> None:
        from control.containment import actions, permissions  # noqa: F401 - declare on import
        from kernel.web import navigation

        navigation.register(
            area="operator",
            label=_("Pengendalian"),
            url_name="containment-overview",
            permission=permissions.CONTAIN,
            icon="shield",
            order=30,
        )
