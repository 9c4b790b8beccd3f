from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "kernel.delivery"
    label = "delivery"
    verbose_name = "Pengiriman"
