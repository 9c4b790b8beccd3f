"""Addresses of this app."""

from django.urls import path

from tenants.tpp import views

urlpatterns = [
    path("tpp/", views.own, name="tpp-own"),
    path("tpp/slip/<uuid:uid>/", views.slip, name="tpp-slip"),
    path("tpp/slip/<uuid:uid>/cetak/", views.slip_paper, name="tpp-slip-paper"),
    path("tpp/perhitungan/", views.runs, name="tpp-runs"),
    path("tpp/perhitungan/mulai/", views.start, name="tpp-run-start"),
    path("tpp/perhitungan/<uuid:uid>/", views.run, name="tpp-run"),
    path("tpp/perhitungan/<uuid:uid>/slip/", views.run_slips, name="tpp-run-slips"),
    path("tpp/perhitungan/<uuid:uid>/masalah/", views.run_issues, name="tpp-run-issues"),
    path("tpp/perhitungan/<uuid:uid>/perubahan/", views.run_changes, name="tpp-run-changes"),
    path("tpp/perhitungan/<uuid:uid>/batal/", views.cancel, name="tpp-run-cancel"),
    path("tpp/opd/", views.opd_slips, name="tpp-opd"),
    path("tpp/gaji/", views.salary, name="tpp-salary"),
    path("tpp/hukuman/", views.penalties, name="tpp-penalties"),
]
