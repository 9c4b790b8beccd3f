from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "control.watch"
    label = "watch"
    verbose_name = "Pemantauan keamanan"
