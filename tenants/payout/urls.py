"""Addresses of this app."""

from django.urls import path

from tenants.payout import views

urlpatterns = [
    path("tpp/kunci/", views.locks, name="payout-locks"),
    path("tpp/kunci/<str:month>/", views.month, name="payout-month"),
    path("tpp/kunci/<str:month>/periksa/", views.verify, name="payout-verify"),
]
