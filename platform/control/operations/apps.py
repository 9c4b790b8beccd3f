from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "control.operations"
    label = "operations"
    verbose_name = "Operasi"
