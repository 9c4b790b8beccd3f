from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "tenants.rules"
    label = "rules"
    verbose_name = "Aturan"
