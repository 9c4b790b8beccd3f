"""Addresses of this app."""

from django.urls import path

from tenants.assemblies import views

urlpatterns = [
    path("absen/apel/pimpin/", views.lead, name="assemblies-lead"),
    path("absen/apel/pimpin/daftar/", views.led, name="assemblies-led"),
    path("absen/apel/<uuid:uid>/kunci/", views.secret, name="assemblies-secret"),
    path("apel/", views.assemblies, name="assemblies-list"),
    path("apel/baru/", views.call, name="assemblies-call"),
    path("apel/<uuid:uid>/", views.assembly, name="assemblies-one"),
    path("apel/<uuid:uid>/catat/", views.mark, name="assemblies-mark"),
    path("apel/<uuid:uid>/batal/", views.cancel, name="assemblies-cancel"),
]
