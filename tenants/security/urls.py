"""Addresses of the region's security page."""

from django.urls import path

from tenants.security import views

urlpatterns = [
    path("keamanan/", views.home, name="security-home"),
    path("keamanan/insiden/<uuid:uid>/", views.incident, name="security-incident"),
    path("keamanan/insiden/<uuid:uid>/permintaan/<uuid:ask>/", views.answer, name="security-answer"),
    path("keamanan/kunjungan/<uuid:uid>/", views.visit, name="security-visit"),
    path("keamanan/kunjungan/<uuid:uid>/akhiri/", views.stop_visit, name="security-stop-visit"),
]
