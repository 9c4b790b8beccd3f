"""Addresses of the check before payment."""

from django.urls import path

from tenants.preaudit import views

urlpatterns = [
    path("praaudit/", views.month, name="preaudit-month"),
    path("praaudit/periksa/", views.start, name="preaudit-start"),
    path("praaudit/daftar/", views.checks, name="preaudit-checks"),
    path("praaudit/temuan/<uuid:uid>/", views.hit, name="preaudit-hit"),
    path("praaudit/temuan/<uuid:uid>/tarik/", views.withdraw, name="preaudit-withdraw"),
    path("praaudit/<str:month>/<slug:kind>/<uuid:uid>/", views.opd, name="preaudit-opd"),
    path("praaudit/<str:month>/<slug:kind>/<uuid:uid>/periksa/", views.look, name="preaudit-look"),
    path("praaudit/<str:month>/<slug:kind>/<uuid:uid>/kecualikan/", views.waive, name="preaudit-waive"),
]
