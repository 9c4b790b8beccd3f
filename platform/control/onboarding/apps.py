from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "control.onboarding"
    label = "onboarding"
    verbose_name = "Pendaftaran wilayah"
