from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class EmployeesConfig(AppConfig):
    name = "tenants.employees"
    label = "employees"
    verbose_name = "Pegawai"

    @override
    def ready(self) -> None:
        import tenants.employees.bank.jobs
        import tenants.employees.figures
        import tenants.employees.roster_jobs
        import tenants.employees.stop_import  # noqa: F401 - counters and works register on import
        from kernel.accounts import offices as of_accounts
        from kernel.accounts.permissions import MANAGE_USERS
        from kernel.web import navigation
        from tenants.employees import offices
        from tenants.employees.permissions import RECORD_ACCOUNTS, RECORD_STOPS, VIEW_EMPLOYEES

        of_accounts.provide(offices.listed, offices.accounts_within)
        navigation.register(
            area="console",
            label=_("Pegawai"),
            url_name="employees-list",
            permission=VIEW_EMPLOYEES,
            icon="users",
            order=10,
            group="people",
        )
        navigation.register(
            area="console",
            label=_("Rekening pegawai"),
            url_name="employees-accounts",
            permission=RECORD_ACCOUNTS,
            icon="landmark",
            order=30,
            group="people",
        )
        navigation.register(
            area="console",
            label=_("Penghentian tugas"),
            url_name="employees-stops",
            permission=RECORD_STOPS,
            icon="user-minus",
            order=40,
            group="people",
        )
        navigation.register(
            area="console",
            label=_("Akun dan peran"),
            url_name="accounts-users",
            permission=MANAGE_USERS,
            icon="key-round",
            order=70,
            group="settings",
        )
