"""Addresses of the installed app."""

from django.urls import path

from tenants.punches import app_views

urlpatterns = [
    # At the root of the host: a service worker reaches no further up than its own address.
    path("sw.js", app_views.service_worker, name="punches-worker"),
    path("absen/aplikasi/", app_views.shell, name="punches-shell"),
]
