"""The audit trail and its seals, on both hosts."""

from django.urls import path

from kernel.audit import views

urlpatterns = [
    path("jejak/", views.events, name="audit-events"),
    path("jejak/segel/", views.seals, name="audit-seals"),
]
