"""Punches and the lane on which they come in."""

from django.apps import AppConfig
from typing_extensions import override


class PunchesConfig(AppConfig):
    name = "tenants.punches"
    label = "punches"
    verbose_name = "Absen"

    @override
    def ready(self) -> None:
        from tenants.punches import figures, lane, permissions  # noqa: F401 - declare on import
