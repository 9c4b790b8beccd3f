"""Office codes, shared tablets, punches carried by a colleague."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class KiosksConfig(AppConfig):
    name = "tenants.kiosks"
    label = "kiosks"
    verbose_name = "Kode kantor dan kios"

    @override
    def ready(self) -> None:
        from kernel.web import navigation
        from tenants.kiosks import permissions, renewing  # noqa: F401 - declares on import
        from tenants.kiosks.hearing import hear_kiosk, hear_office
        from tenants.punches import offline, witnesses

        for name in ("kiosks-with-code", "kiosks-own-code", "kiosks-carry", "kiosks-screen", "kiosks-kiosk"):
            offline.add_page(name)
        navigation.register(
            area="console",
            label=_("Kode kantor dan kios"),
            url_name="kiosks-devices",
            permission=permissions.SHOW,
            icon="qr-code",
            order=30,
            group="devices",
        )

        witnesses.register(witnesses.OFFICE_QR, hear_office)
        witnesses.register(witnesses.KIOSK, hear_kiosk)
