from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class PagesConfig(AppConfig):
    name = "control.pages"
    label = "pages"
    verbose_name = "Pantauan situs"

    @override
    def ready(self) -> None:
        from control.pages import actions, permissions  # noqa: F401 - declare on import
        from kernel.web import navigation

        navigation.register(
            area="operator",
            label=_("Pantauan situs"),
            url_name="pages-names",
            permission=permissions.WATCH_PAGES,
            icon="globe",
            order=40,
        )
