"""Addresses of the measures."""

from django.urls import path

from tenants.measures import views

urlpatterns = [
    path("ukuran/", views.month, name="measures-month"),
    path("ukuran/contoh.xlsx", views.template, name="measures-template"),
]
