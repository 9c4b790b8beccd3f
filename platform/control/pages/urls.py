"""Addresses of the watch over names, at the operators' host."""

from django.urls import path

from control.pages import views

urlpatterns = [
    path("situs/", views.names, name="pages-names"),
    path("situs/tambah/", views.add, name="pages-add"),
    path("situs/<uuid:uid>/", views.name, name="pages-name"),
    path("situs/<uuid:uid>/periksa-bukti/", views.prove, name="pages-prove"),
    path("situs/<uuid:uid>/pindai/", views.scan_now, name="pages-scan-now"),
    path("situs/<uuid:uid>/hentikan/", views.stop, name="pages-stop"),
    path("situs/pindaian/<uuid:uid>/", views.scan, name="pages-scan"),
    path("situs/isi/<uuid:uid>/", views.body, name="pages-body"),
]
