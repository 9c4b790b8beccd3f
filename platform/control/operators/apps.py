from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    name = "control.operators"
    label = "operators"
    verbose_name = "Operator"
