"""Attendance machines: their logs and PINs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class MachinesConfig(AppConfig):
    name = "tenants.machines"
    label = "machines"
    verbose_name = "Mesin absen"

    @override
    def ready(self) -> None:
        from kernel.web import navigation
        from tenants.machines import access, jobs, permissions, renewing  # noqa: F401 - readers and works register on import

        navigation.register(
            area="console",
            label=_("Mesin absen"),
            url_name="machines-machines",
            permission=permissions.MACHINE,
            icon="id-card",
            order=40,
            group="devices",
        )
