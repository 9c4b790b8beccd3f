from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class FilesConfig(AppConfig):
    name = "kernel.files"
    label = "files"
    verbose_name = "Berkas"

    @override
    def ready(self) -> None:
        import kernel.files.figures  # noqa: F401 - counters register on import
        from kernel.files.permissions import REVIEW
        from kernel.web import navigation

        navigation.register(
            area="console",
            label=_("Berkas ditahan"),
            url_name="files-queue",
            permission=REVIEW,
            icon="file-search",
            order=96,
            group="oversight",
        )
