from django.apps import AppConfig


class ReleaseConfig(AppConfig):
    name = "control.release"
    label = "release"
    verbose_name = "Rilis"
