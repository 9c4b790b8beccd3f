from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from typing_extensions import override


class DeliveryConfig(AppConfig):
    name = "kernel.delivery"
    label = "delivery"
    verbose_name = "Pengiriman"

    @override
    def ready(self) -> None:
        import kernel.delivery.figures  # noqa: F401 - its counter registers on import

        # The relay asks for a task by its name, also in the web process, where Celery itself imports none.
        autodiscover_modules("tasks")
