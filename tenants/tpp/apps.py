from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class TppConfig(AppConfig):
    name = "tenants.tpp"
    label = "tpp"
    verbose_name = "TPP"

    @override
    def ready(self) -> None:
        import tenants.tpp.computing
        import tenants.tpp.salary_import  # noqa: F401
        from kernel.web import navigation
        from tenants.calendars import closing
        from tenants.tpp import permissions
        from tenants.tpp.querysets import locked_months

        closing.register(locked_months)
        navigation.register(
            area="employee",
            label=_("TPP"),
            url_name="tpp-own",
            permission=permissions.READ_OWN,
            icon="wallet",
            order=50,
        )
        navigation.register(
            area="console",
            label=_("Perhitungan TPP"),
            url_name="tpp-runs",
            permission=permissions.READ_ALL,
            icon="calculator",
            order=60,
        )
        navigation.register(
            area="console",
            label=_("Slip TPP OPD"),
            url_name="tpp-opd",
            permission=permissions.READ_OPD,
            icon="receipt-text",
            order=61,
        )
        navigation.register(
            area="console",
            label=_("Latihan TPP"),
            url_name="tpp-practice",
            permission=permissions.READ_ALL,
            icon="graduation-cap",
            order=65,
        )
        navigation.register(
            area="console",
            label=_("Dasar gaji"),
            url_name="tpp-salary",
            permission=permissions.SALARY,
            icon="banknote",
            order=63,
        )
        navigation.register(
            area="console",
            label=_("Hukuman disiplin"),
            url_name="tpp-penalties",
            permission=permissions.PENALTIES,
            icon="gavel",
            order=64,
        )
