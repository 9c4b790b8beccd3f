from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "tenants.calendars"
    label = "calendars"
    verbose_name = "Kalender"
