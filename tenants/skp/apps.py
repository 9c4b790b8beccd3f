from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class SkpConfig(AppConfig):
    name = "tenants.skp"
    label = "skp"
    verbose_name = "SKP"

    @override
    def ready(self) -> None:
        import tenants.skp.actions  # noqa: F401
        from kernel.web import navigation
        from tenants.skp.permissions import READ

        navigation.register(
            area="console",
            label=_("Nilai SKP"),
            url_name="skp-ratings",
            permission=READ,
            icon="clipboard-check",
            order=50,
        )
