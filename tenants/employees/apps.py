from django.apps import AppConfig


class EmployeesConfig(AppConfig):
    name = "tenants.employees"
    label = "employees"
    verbose_name = "Pegawai"
