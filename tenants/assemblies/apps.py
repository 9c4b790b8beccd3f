"""Apel, upacara and inspections: who was called, who came."""

from django.apps import AppConfig
from typing_extensions import override


class AssembliesConfig(AppConfig):
    name = "tenants.assemblies"
    label = "assemblies"
    verbose_name = "Apel dan upacara"

    @override
    def ready(self) -> None:
        from tenants.assemblies import permissions  # noqa: F401 - names register on import
        from tenants.assemblies.hearing import hear_roll_call
        from tenants.punches import witnesses

        witnesses.register(witnesses.ROLL_CALL, hear_roll_call)
