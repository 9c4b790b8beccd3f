from django.apps import AppConfig
from typing_extensions import override


class RulesConfig(AppConfig):
    name = "tenants.rules"
    label = "rules"
    verbose_name = "Aturan"

    @override
    def ready(self) -> None:
        import tenants.rules.permissions  # noqa: F401
