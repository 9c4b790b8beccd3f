"""Pages of no app, on both hosts."""

from django.urls import path

from kernel.web import csp, views

urlpatterns = [
    path("tampilan/", views.display, name="web-display"),
    path("manifest.webmanifest", views.manifest, name="web-manifest"),
    path("ikon/<slug:name>.<slug:digest>.png", views.icon, name="web-icon"),
    path(csp.REPORT_PATH.lstrip("/"), views.csp_report, name="web-csp-report"),
]
