"""The audit trail, on both hosts."""

from django.urls import path

from kernel.audit import views

urlpatterns = [path("jejak/", views.events, name="audit-events")]
