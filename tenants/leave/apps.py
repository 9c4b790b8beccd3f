from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class LeaveConfig(AppConfig):
    name = "tenants.leave"
    label = "leave"
    verbose_name = "Cuti"

    @override
    def ready(self) -> None:
        import tenants.leave.defaults
        import tenants.leave.granting
        import tenants.leave.recounting
        import tenants.leave.sheet_import  # noqa: F401 - works and receivers register on import
        from kernel.web import navigation
        from tenants.attendance import companions
        from tenants.leave.companion import LeaveCompanion
        from tenants.leave.permissions import OWN, READ

        companions.register(LeaveCompanion())
        navigation.register(
            area="employee",
            label=_("Saldo cuti"),
            url_name="leave-own",
            permission=OWN,
            icon="tree-palm",
            order=65,
        )
        navigation.register(
            area="console",
            label=_("Saldo cuti"),
            url_name="leave-balances",
            permission=READ,
            icon="tree-palm",
            order=40,
            group="attendance",
        )
