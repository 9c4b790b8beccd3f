from django.apps import AppConfig


class AnnexConfig(AppConfig):
    name = "tests.control.operations.annex"
    label = "annex"
