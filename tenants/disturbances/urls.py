"""Addresses of this app."""

from django.urls import path

from tenants.disturbances import views

urlpatterns = [
    path("gangguan/", views.disturbances, name="disturbances-list"),
    path("gangguan/baru/", views.propose, name="disturbances-new"),
    path("gangguan/<uuid:uid>/", views.disturbance, name="disturbances-one"),
    path("gangguan/<uuid:uid>/setujui/", views.approve, name="disturbances-approve"),
    path("gangguan/<uuid:uid>/tolak/", views.reject, name="disturbances-reject"),
    path("gangguan/<uuid:uid>/batalkan/", views.undo, name="disturbances-undo"),
]
