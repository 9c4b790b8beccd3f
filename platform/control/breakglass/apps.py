from django.apps import AppConfig
from typing_extensions import override


class BreakglassConfig(AppConfig):
    name = "control.breakglass"
    label = "breakglass"
    verbose_name = "Akses darurat"

    @override
    def ready(self) -> None:
        from control.breakglass import actions, permissions  # noqa: F401 - declare on import
