"""Addresses of signatures, at the operators' host."""

from django.urls import path

from control.signatures import views

urlpatterns = [
    path("tanda/", views.signatures, name="signatures"),
    path("tanda/<uuid:uid>/", views.signature, name="signature"),
    path("tanda/<uuid:uid>/tarik/", views.withdraw, name="signature-withdraw"),
]
