"""Addresses of this app."""

from django.urls import path

from kernel.files import views

urlpatterns = [
    path("berkas/<uuid:uid>/", views.read, name="files-read"),
]
