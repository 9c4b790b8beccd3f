"""Office codes, shared tablets, punches carried by a colleague."""

from django.apps import AppConfig


class KiosksConfig(AppConfig):
    name = "tenants.kiosks"
    label = "kiosks"
    verbose_name = "Kode kantor dan kios"
