from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class ConsoleConfig(AppConfig):
    name = "control.console"
    label = "console"
    verbose_name = "Konsol"

    @override
    def ready(self) -> None:
        from control.breakglass.permissions import ENTER
        from control.console import permissions
        from control.console.desk.events import events_of
        from control.incidents.packs.state import register_events
        from control.incidents.permissions import READ
        from control.watch.permissions import SEE
        from kernel.web import navigation

        navigation.register(
            area="operator",
            label=_("Wilayah"),
            url_name="console-regions",
            permission=permissions.SEE_REGIONS,
            icon="map",
            order=10,
        )
        navigation.register(
            area="operator", label=_("Insiden"), url_name="desk-queue", permission=READ, icon="siren", order=20
        )
        navigation.register(
            area="operator",
            label=_("Pemantauan"),
            url_name="watch-alerts",
            permission=SEE,
            icon="activity",
            order=30,
        )
        navigation.register(
            area="operator",
            label=_("Kunjungan operator"),
            url_name="console-visits",
            permission=ENTER,
            icon="eye",
            order=35,
        )
        navigation.register(
            area="operator",
            label=_("Berkas di wilayah"),
            url_name="console-held-files",
            permission=permissions.SEE_REGIONS,
            icon="file-search",
            order=36,
        )
        register_events("kejadian-keamanan", events_of)
