from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class PreauditConfig(AppConfig):
    name = "tenants.preaudit"
    label = "preaudit"
    verbose_name = "Pra-audit"

    @override
    def ready(self) -> None:
        import tenants.preaudit.looking  # noqa: F401
        from kernel.web import navigation
        from tenants.payout import gates
        from tenants.preaudit.gate import nothing_open
        from tenants.preaudit.permissions import READ

        gates.register(nothing_open)
        navigation.register(
            area="console",
            label=_("Pra-audit"),
            url_name="preaudit-month",
            permission=READ,
            icon="scan-search",
            order=20,
            group="tpp",
        )
