from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class BudgetConfig(AppConfig):
    name = "tenants.budget"
    label = "budget"
    verbose_name = "Anggaran"

    @override
    def ready(self) -> None:
        import tenants.budget.sheet_import  # noqa: F401
        from kernel.web import navigation
        from tenants.budget.accounts import Accounts
        from tenants.budget.checking import against_locking
        from tenants.budget.factors import factors_of
        from tenants.budget.permissions import READ
        from tenants.payout import gates
        from tenants.payout.payments import account_codes
        from tenants.tpp import budget_factors

        gates.register(against_locking)
        budget_factors.register(factors_of)
        account_codes.register(Accounts)
        navigation.register(
            area="console",
            label=_("Pagu anggaran"),
            url_name="budget-year",
            permission=READ,
            icon="landmark",
            order=60,
            group="payment",
        )
