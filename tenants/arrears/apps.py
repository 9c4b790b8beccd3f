from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class ArrearsConfig(AppConfig):
    name = "tenants.arrears"
    label = "arrears"
    verbose_name = "Selisih"

    @override
    def ready(self) -> None:
        import tenants.arrears.computing
        import tenants.arrears.foresight  # noqa: F401
        from kernel.web import navigation
        from tenants.arrears.late import keep
        from tenants.arrears.recoveries import deductions_of
        from tenants.arrears.slip_notes import of_differences
        from tenants.arrears.year_paid import paid_in
        from tenants.calendars import closing
        from tenants.tpp import listed_deductions, slip_extras, year_income
        from tenants.tpp.permissions import READ_ALL

        listed_deductions.register(deductions_of)
        year_income.register(paid_in)
        closing.register_late(keep)
        slip_extras.register_note(of_differences)
        navigation.register(
            area="console",
            label=_("Selisih dan koreksi"),
            url_name="arrears-runs",
            permission=READ_ALL,
            icon="scale",
            order=50,
            group="tpp",
        )
