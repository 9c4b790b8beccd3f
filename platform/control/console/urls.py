"""Addresses of the operators' console."""

from django.urls import include, path

from control.console import views

urlpatterns = [
    path("insiden/", include("control.console.desk.urls")),
    path("pantauan/", include("control.console.watch.urls")),
    path("", views.regions, name="console-regions"),
    path("kunjungan/", views.visits, name="console-visits"),
    path("berkas-wilayah/", views.held_files, name="console-held-files"),
    path("wilayah/baru/", views.new_region, name="console-new-region"),
    path("wilayah/angka/", views.refresh_figures, name="console-refresh-figures"),
    path("wilayah/<slug:code>/", views.region, name="console-region"),
    path("wilayah/<slug:code>/alamat/", views.add_name, name="console-add-name"),
    path("wilayah/<slug:code>/alamat/hapus/", views.remove_name, name="console-remove-name"),
]
