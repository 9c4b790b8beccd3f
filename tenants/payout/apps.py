from django.apps import AppConfig


class PayoutConfig(AppConfig):
    name = "tenants.payout"
    label = "payout"
    verbose_name = "Pembayaran"
