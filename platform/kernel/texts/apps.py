from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class TextsConfig(AppConfig):
    name = "kernel.texts"
    label = "texts"
    verbose_name = "Tulisan yang ditinjau"

    @override
    def ready(self) -> None:
        import kernel.texts.backscan
        import kernel.texts.figures  # noqa: F401 - work and counters register on import
        from kernel.texts import gate
        from kernel.texts.permissions import REVIEW_TEXTS
        from kernel.web import navigation

        gate.install()
        navigation.register(
            area="console",
            label=_("Tulisan ditahan"),
            url_name="texts-queue",
            permission=REVIEW_TEXTS,
            icon="shield-alert",
            order=93,
            group="oversight",
        )
