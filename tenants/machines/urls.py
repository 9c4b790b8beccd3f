"""Addresses of this app."""

from django.urls import path

from tenants.machines import views

urlpatterns = [
    path("kehadiran/mesin/", views.machines, name="machines-machines"),
    path("kehadiran/mesin/pin/", views.pins, name="machines-pins"),
    path("kehadiran/mesin/pin/<int:pk>/lepas/", views.release_pin, name="machines-pin-release"),
]
