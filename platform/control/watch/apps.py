from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from typing_extensions import override


class WatchConfig(AppConfig):
    name = "control.watch"
    label = "watch"
    verbose_name = "Pemantauan keamanan"

    @override
    def ready(self) -> None:
        post_migrate.connect(_seed, sender=self, dispatch_uid="watch.seed-detections")


def _seed(sender: Any, **kwargs: Any) -> None:
    from control.watch.catalogue import seed_detections

    seed_detections()
