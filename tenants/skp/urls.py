"""Addresses of the ratings."""

from django.urls import path

from tenants.skp import views

urlpatterns = [
    path("skp/", views.ratings, name="skp-ratings"),
    path("skp/unggah/", views.upload, name="skp-upload"),
    path("skp/contoh.xlsx", views.template, name="skp-template"),
    path("skp/simpan/<uuid:uid>/", views.apply, name="skp-apply"),
]
