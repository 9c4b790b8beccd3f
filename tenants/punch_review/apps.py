"""Looking at punches that are odd: signals, the queue, verdicts, pictures, missing places."""

from django.apps import AppConfig


class PunchReviewConfig(AppConfig):
    name = "tenants.punch_review"
    label = "punch_review"
    verbose_name = "Tinjauan absen"
