"""Apel, upacara and inspections: who was called, who came."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class AssembliesConfig(AppConfig):
    name = "tenants.assemblies"
    label = "assemblies"
    verbose_name = "Apel dan upacara"

    @override
    def ready(self) -> None:
        from kernel.web import navigation
        from tenants.assemblies import permissions
        from tenants.assemblies.hearing import hear_roll_call
        from tenants.punches import offline, witnesses

        offline.add_page("assemblies-lead")
        navigation.register(
            area="console",
            label=_("Apel dan upacara"),
            url_name="assemblies-list",
            permission=permissions.READ,
            icon="users",
            order=50,
            group="attendance",
        )

        witnesses.register(witnesses.ROLL_CALL, hear_roll_call)
