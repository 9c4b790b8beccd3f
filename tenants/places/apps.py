"""Places of work: points, areas, and for whom they count."""

from django.apps import AppConfig
from typing_extensions import override


class PlacesConfig(AppConfig):
    name = "tenants.places"
    label = "places"
    verbose_name = "Tempat absen"

    @override
    def ready(self) -> None:
        import tenants.places.fences
        import tenants.places.place_import  # noqa: F401 - receivers and works register on import
