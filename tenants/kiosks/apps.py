"""Office codes, shared tablets, punches carried by a colleague."""

from django.apps import AppConfig
from typing_extensions import override


class KiosksConfig(AppConfig):
    name = "tenants.kiosks"
    label = "kiosks"
    verbose_name = "Kode kantor dan kios"

    @override
    def ready(self) -> None:
        from tenants.kiosks import permissions  # noqa: F401 - names register on import
        from tenants.kiosks.hearing import hear_kiosk, hear_office
        from tenants.punches import witnesses

        witnesses.register(witnesses.OFFICE_QR, hear_office)
        witnesses.register(witnesses.KIOSK, hear_kiosk)
