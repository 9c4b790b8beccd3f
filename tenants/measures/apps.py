from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class MeasuresConfig(AppConfig):
    name = "tenants.measures"
    label = "measures"
    verbose_name = "Ukuran"

    @override
    def ready(self) -> None:
        import tenants.measures.sheet_import  # noqa: F401
        from kernel.web import navigation
        from tenants.measures.permissions import READ

        navigation.register(
            area="console",
            label=_("Ukuran bulanan"),
            url_name="measures-month",
            permission=READ,
            icon="ruler",
            order=50,
            group="work",
        )
