from django.apps import AppConfig
from typing_extensions import override


class GuestsConfig(AppConfig):
    name = "kernel.guests"
    label = "guests"
    verbose_name = "Kunjungan operator"

    @override
    def ready(self) -> None:
        from kernel.guests import actions  # noqa: F401 - declares on import
