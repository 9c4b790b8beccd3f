"""Addresses of the budget."""

from django.urls import path

from tenants.budget import month_views, views

urlpatterns = [
    path("anggaran/", views.year, name="budget-year"),
    path("anggaran/impor/", views.bring_in, name="budget-import"),
    path("anggaran/contoh.xlsx", views.template, name="budget-template"),
    path("anggaran/rekening/", views.accounts, name="budget-accounts"),
    path("anggaran/<int:year>/<uuid:uid>/", views.opd_year, name="budget-opd"),
    path("anggaran/pagu/<uuid:uid>/tarik/", views.withdraw, name="budget-withdraw"),
    path("anggaran/bulan/<str:month>/<str:kind>/<uuid:uid>/", month_views.opd_month, name="budget-month"),
    path("anggaran/keputusan/<uuid:uid>/batal/", month_views.undo, name="budget-undo"),
]
