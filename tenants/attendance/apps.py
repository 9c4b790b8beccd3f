from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "tenants.attendance"
    label = "attendance"
    verbose_name = "Kehadiran"
