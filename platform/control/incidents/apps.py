from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class IncidentsConfig(AppConfig):
    name = "control.incidents"
    label = "incidents"
    verbose_name = _("Insiden")

    @override
    def ready(self) -> None:
        import control.incidents.packs.jobs
        import control.incidents.permissions  # noqa: F401 - work and names register on import
