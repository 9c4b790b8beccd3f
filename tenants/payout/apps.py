from django.apps import AppConfig
from typing_extensions import override


class PayoutConfig(AppConfig):
    name = "tenants.payout"
    label = "payout"
    verbose_name = "Pembayaran"

    @override
    def ready(self) -> None:
        import tenants.payout.actions
        import tenants.payout.permissions  # noqa: F401
