"""Places of work: points, areas, and for whom they count."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class PlacesConfig(AppConfig):
    name = "tenants.places"
    label = "places"
    verbose_name = "Tempat absen"

    @override
    def ready(self) -> None:
        import tenants.places.fences
        import tenants.places.place_import  # noqa: F401 - receivers and works register on import
        from kernel.web import navigation
        from tenants.places import permissions

        navigation.register(
            area="console",
            label=_("Tempat absen"),
            url_name="places-list",
            permission=permissions.VIEW_PLACES,
            icon="map-pin",
            order=10,
            group="devices",
        )
