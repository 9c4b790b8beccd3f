from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "control.regions"
    label = "regions"
    verbose_name = "Wilayah"
