from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class DeductionsConfig(AppConfig):
    name = "tenants.deductions"
    label = "deductions"
    verbose_name = "Potongan"

    @override
    def ready(self) -> None:
        import tenants.deductions.sheet_import  # noqa: F401
        from kernel.web import navigation
        from tenants.deductions.permissions import READ

        navigation.register(
            area="console",
            label=_("Potongan"),
            url_name="deductions-list",
            permission=READ,
            icon="list-minus",
            order=60,
            group="tpp",
        )
