"""Addresses of the deductions."""

from django.urls import path

from tenants.deductions import views, zakat_views

urlpatterns = [
    path("potongan/", views.index, name="deductions-list"),
    path("potongan/impor/", views.bring_in, name="deductions-import"),
    path("potongan/contoh.xlsx", views.template, name="deductions-template"),
    path("potongan/zakat/", zakat_views.consents, name="deductions-consents"),
    path("potongan/<uuid:uid>/", views.deduction, name="deductions-deduction"),
    path("potongan/<uuid:uid>/batal/", views.cancel, name="deductions-cancel"),
    path("zakat/", zakat_views.own, name="deductions-zakat"),
    path("zakat/tarik/", zakat_views.withdraw, name="deductions-zakat-withdraw"),
]
