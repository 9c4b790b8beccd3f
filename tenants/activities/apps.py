from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class ActivitiesConfig(AppConfig):
    name = "tenants.activities"
    label = "activities"
    verbose_name = "Aktivitas"

    @override
    def ready(self) -> None:
        import tenants.activities.access
        import tenants.activities.catalogue_import
        import tenants.activities.defaults
        import tenants.activities.handlers  # noqa: F401
        from kernel.web import navigation
        from tenants.activities import permissions

        navigation.register(
            area="employee",
            label=_("Aktivitas"),
            url_name="activities-list",
            permission=permissions.WRITE,
            icon="list-checks",
            order=20,
        )
        navigation.register(
            area="console",
            label=_("Aktivitas pegawai"),
            url_name="activities-unit",
            permission=permissions.READ_UNIT,
            icon="list-checks",
            order=10,
            group="work",
        )
        navigation.register(
            area="console",
            label=_("Katalog aktivitas"),
            url_name="catalogue-list",
            permission=permissions.READ_CATALOGUE,
            icon="book-open",
            order=20,
            group="work",
        )
