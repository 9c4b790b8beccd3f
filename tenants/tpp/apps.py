from django.apps import AppConfig


class TppConfig(AppConfig):
    name = "tenants.tpp"
    label = "tpp"
    verbose_name = "TPP"
