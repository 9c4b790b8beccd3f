"""Punches and the lane on which they come in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class PunchesConfig(AppConfig):
    name = "tenants.punches"
    label = "punches"
    verbose_name = "Absen"

    @override
    def ready(self) -> None:
        from kernel.web import navigation
        from tenants.punches import actions, figures, lane, permissions, renewing  # noqa: F401 - declare on import

        navigation.register(
            area="console",
            label=_("HP pegawai"),
            url_name="punches-phones",
            permission=permissions.PHONES,
            icon="smartphone",
            order=20,
            group="devices",
        )
        navigation.register(
            area="employee",
            label=_("HP saya"),
            url_name="punches-phone",
            permission=permissions.PUNCH,
            icon="smartphone",
            order=70,
        )
