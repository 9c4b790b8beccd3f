from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class TryoutConfig(AppConfig):
    name = "tenants.tryout"
    label = "tryout"
    verbose_name = "Uji coba aturan"

    @override
    def ready(self) -> None:
        import tenants.tryout.computing  # noqa: F401
        from kernel.web import navigation
        from tenants.tryout import permissions

        navigation.register(
            area="console",
            label=_("Uji coba aturan"),
            url_name="tryout-list",
            permission=permissions.READ,
            icon="flask-conical",
            order=20,
            group="settings",
        )
