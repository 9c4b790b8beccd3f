"""Addresses of this app."""

from django.urls import path

from tenants.tpp import practice_views, views

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
    path("tpp/latihan/", practice_views.practice_page, name="tpp-practice"),
    path("tpp/latihan/pilih/", practice_views.choose, name="tpp-practice-choose"),
    path("tpp/latihan/usul/", practice_views.propose, name="tpp-practice-propose"),
    path("tpp/latihan/tanda-tangan/", practice_views.sign, name="tpp-practice-sign"),
    path("tpp/latihan/cabut/", practice_views.withdraw, name="tpp-practice-withdraw"),
    path("tpp/hukuman/", views.penalties, name="tpp-penalties"),
]
