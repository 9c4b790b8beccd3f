from django.apps import AppConfig
from typing_extensions import override


class JobsConfig(AppConfig):
    name = "kernel.jobs"
    label = "jobs"
    verbose_name = "Pekerjaan"

    @override
    def ready(self) -> None:
        import kernel.jobs.figures
        import kernel.jobs.permissions  # noqa: F401 - counters and names register on import
