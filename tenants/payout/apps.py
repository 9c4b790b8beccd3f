from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class PayoutConfig(AppConfig):
    name = "tenants.payout"
    label = "payout"
    verbose_name = "Pembayaran"

    @override
    def ready(self) -> None:
        import tenants.payout.actions
        import tenants.payout.approving  # noqa: F401
        from kernel.web import navigation
        from tenants.payout import permissions

        navigation.register(
            area="console",
            label=_("Kunci bulan"),
            url_name="payout-locks",
            permission=permissions.VERIFY,
            icon="lock",
            order=62,
        )
