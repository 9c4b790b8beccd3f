"""Addresses of break-glass entry at the operators' host."""

from django.urls import path

from control.breakglass import views

urlpatterns = [
    path("wilayah/<slug:code>/kunjungan/", views.visits, name="breakglass-visits"),
    path("wilayah/<slug:code>/kunjungan/<uuid:uid>/", views.visit, name="breakglass-visit"),
    path("wilayah/<slug:code>/kunjungan/<uuid:uid>/akhiri/", views.end, name="breakglass-end"),
]
