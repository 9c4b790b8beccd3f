from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class FallbackConfig(AppConfig):
    name = "tenants.fallback"
    label = "fallback"
    verbose_name = "Lembar manual"

    @override
    def ready(self) -> None:
        import tenants.fallback.access
        import tenants.fallback.actions  # noqa: F401
        from kernel.web import navigation
        from tenants.fallback.collecting import facts_from_sheets
        from tenants.fallback.permissions import UPLOAD
        from tenants.tpp import sheet_facts

        sheet_facts.register(facts_from_sheets)
        navigation.register(
            area="console",
            label=_("Lembar manual"),
            url_name="fallback-sheets",
            permission=UPLOAD,
            icon="file-spreadsheet",
            order=30,
            group="emergency",
        )
