"""Addresses of the monitoring."""

from django.urls import path

from control.console.watch import views

urlpatterns = [
    path("", views.alerts, name="watch-alerts"),
    path("peringatan/<uuid:uid>/", views.alert, name="watch-alert"),
    path("peristiwa/", views.events, name="watch-events"),
    path("peristiwa/unduh/", views.download, name="watch-download"),
    path("peristiwa/<uuid:uid>/", views.event, name="watch-event"),
    path("deteksi/", views.detections, name="watch-detections"),
    path("deteksi/<uuid:uid>/", views.detection, name="watch-detection"),
    path("deteksi/<uuid:uid>/kembalikan/", views.take_detection_back, name="watch-take-back"),
]
