from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "control.pages"
    label = "pages"
    verbose_name = "Halaman"
