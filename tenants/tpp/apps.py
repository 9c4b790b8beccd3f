from django.apps import AppConfig
from typing_extensions import override


class TppConfig(AppConfig):
    name = "tenants.tpp"
    label = "tpp"
    verbose_name = "TPP"

    @override
    def ready(self) -> None:
        import tenants.tpp.computing
        import tenants.tpp.permissions  # noqa: F401
        from tenants.calendars import closing
        from tenants.tpp.querysets import locked_months

        closing.register(locked_months)
