"""Addresses of the month by sheets."""

from django.urls import path

from tenants.fallback import views

urlpatterns = [
    path("lembar/", views.sheets, name="fallback-sheets"),
    path("lembar/kosong.xlsx", views.empty, name="fallback-empty"),
    path("lembar/baru/", views.upload, name="fallback-upload"),
    path("lembar/<uuid:uid>/", views.sheet, name="fallback-sheet"),
    path("lembar/<uuid:uid>/konfirmasi/", views.confirm, name="fallback-confirm"),
    path("lembar/<uuid:uid>/tarik/", views.withdraw, name="fallback-withdraw"),
]
