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
        from tenants.deductions.reading import sums_of
        from tenants.holds.permissions import READ as READ_HOLDS
        from tenants.rules import frozen
        from tenants.tpp import listed_deductions, locked, permissions, slip_extras
        from tenants.tpp.carried_over import carried_into
        from tenants.tpp.table_notes import unconfirmed_tables

        closing.register(locked)
        frozen.register(locked.rules)
        listed_deductions.register(sums_of)
        listed_deductions.register(carried_into)
        slip_extras.register_note(unconfirmed_tables)
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
            order=10,
            group="tpp",
        )
        navigation.register(
            area="console",
            label=_("Slip TPP OPD"),
            url_name="tpp-opd",
            permission=permissions.READ_OPD,
            icon="receipt-text",
            order=15,
            group="tpp",
        )
        navigation.register(
            area="console",
            label=_("Latihan TPP"),
            url_name="tpp-practice",
            permission=permissions.READ_ALL,
            icon="graduation-cap",
            order=80,
            group="tpp",
        )
        navigation.register(
            area="console",
            label=_("Ditahan"),
            url_name="tpp-holds",
            permission=READ_HOLDS,
            icon="hand",
            order=30,
            group="tpp",
        )
        navigation.register(
            area="console",
            label=_("Dasar gaji"),
            url_name="tpp-salary",
            permission=permissions.SALARY,
            icon="banknote",
            order=70,
            group="tpp",
        )
        navigation.register(
            area="console",
            label=_("Hukuman disiplin"),
            url_name="tpp-penalties",
            permission=permissions.PENALTIES,
            icon="gavel",
            order=50,
            group="people",
        )
