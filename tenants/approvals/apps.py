from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "tenants.approvals"
    label = "approvals"
    verbose_name = "Persetujuan"
