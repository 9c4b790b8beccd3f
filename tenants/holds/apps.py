from django.apps import AppConfig


class HoldsConfig(AppConfig):
    name = "tenants.holds"
    label = "holds"
    verbose_name = "Penahanan"
