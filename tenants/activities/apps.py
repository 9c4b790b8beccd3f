from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "tenants.activities"
    label = "activities"
    verbose_name = "Aktivitas"
