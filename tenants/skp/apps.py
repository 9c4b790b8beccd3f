from django.apps import AppConfig


class SkpConfig(AppConfig):
    name = "tenants.skp"
    label = "skp"
    verbose_name = "SKP"
