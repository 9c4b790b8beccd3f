from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class OversightConfig(AppConfig):
    name = "tenants.oversight"
    label = "oversight"
    verbose_name = "Pengawasan"

    @override
    def ready(self) -> None:
        import tenants.oversight.drawing  # noqa: F401
        from kernel.web import navigation
        from tenants.oversight.permissions import ANSWER, EXAMINE, READ

        navigation.register(
            area="console",
            label=_("Pengawasan"),
            url_name="oversight-samples",
            permission=EXAMINE,
            icon="search-check",
            order=10,
            group="oversight",
        )
        navigation.register(
            area="console",
            label=_("Temuan"),
            url_name="oversight-findings",
            permission=READ,
            icon="flag",
            order=20,
            group="oversight",
        )
        navigation.register(
            area="console",
            label=_("Temuan OPD"),
            url_name="oversight-to-answer",
            permission=ANSWER,
            icon="flag",
            order=30,
            group="oversight",
        )
