from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class SignaturesConfig(AppConfig):
    name = "control.signatures"
    label = "signatures"
    verbose_name = "Tanda serangan"

    @override
    def ready(self) -> None:
        from control.signatures import actions, permissions  # noqa: F401 - declare on import
        from kernel.web import navigation

        navigation.register(
            area="operator",
            label=_("Tanda serangan"),
            url_name="signatures",
            permission=permissions.CONFIRM,
            icon="search",
            order=45,
        )
