"""Addresses of this app."""

from django.urls import path

from tenants.tpp import holding_views, practice_views, run_views, views

urlpatterns = [
    path("tpp/ditahan/", holding_views.month, name="tpp-holds"),
    path("tpp/ditahan/baru/", holding_views.hold, name="tpp-hold-new"),
    path("tpp/ditahan/slip/<uuid:uid>/lepas/", holding_views.release, name="tpp-hold-release"),
    path("tpp/ditahan/pelepasan/<uuid:uid>/setujui/", holding_views.confirm, name="tpp-hold-confirm"),
    path("tpp/ditahan/pejabat/<uuid:uid>/akhiri/", holding_views.end, name="tpp-hold-end"),
    path("tpp/", views.own, name="tpp-own"),
    path("tpp/perkiraan/", views.forecast, name="tpp-forecast"),
    path("tpp/slip/<uuid:uid>/", views.slip, name="tpp-slip"),
    path("tpp/slip/<uuid:uid>/cetak/", views.slip_paper, name="tpp-slip-paper"),
    path("tpp/perhitungan/", run_views.runs, name="tpp-runs"),
    path("tpp/perhitungan/mulai/", run_views.start, name="tpp-run-start"),
    path("tpp/perhitungan/<uuid:uid>/", run_views.run, name="tpp-run"),
    path("tpp/perhitungan/<uuid:uid>/slip/", run_views.run_slips, name="tpp-run-slips"),
    path("tpp/perhitungan/<uuid:uid>/masalah/", run_views.run_issues, name="tpp-run-issues"),
    path("tpp/perhitungan/<uuid:uid>/perubahan/", run_views.run_changes, name="tpp-run-changes"),
    path("tpp/perhitungan/<uuid:uid>/batal/", run_views.cancel, name="tpp-run-cancel"),
    path("tpp/perhitungan/<uuid:uid>/lanjut/", run_views.resume, name="tpp-run-resume"),
    path("tpp/perhitungan/<uuid:uid>/ulang/", run_views.again, name="tpp-run-again"),
    path("tpp/perhitungan/<uuid:uid>/masalah.xlsx", run_views.issues_sheet, name="tpp-run-issues-sheet"),
    path("tpp/opd/", views.opd_slips, name="tpp-opd"),
    path("tpp/gaji/", views.salary, name="tpp-salary"),
    path("tpp/latihan/", practice_views.practice_page, name="tpp-practice"),
    path("tpp/latihan/pilih/", practice_views.choose, name="tpp-practice-choose"),
    path("tpp/latihan/usul/", practice_views.propose, name="tpp-practice-propose"),
    path("tpp/latihan/tanda-tangan/", practice_views.sign, name="tpp-practice-sign"),
    path("tpp/latihan/cabut/", practice_views.withdraw, name="tpp-practice-withdraw"),
    path("tpp/hukuman/", views.penalties, name="tpp-penalties"),
]
