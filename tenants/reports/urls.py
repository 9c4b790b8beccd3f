"""Addresses of this app."""

from django.urls import path

from tenants.reports import home, settings_views, verify_views
from tenants.reports.attendance import views as attendance
from tenants.reports.papers import views as papers

urlpatterns = [
    path("", home.home, name="home"),
    path("tpp/perhitungan/<uuid:uid>/rekap.xlsx", papers.run_recap, name="papers-recap"),
    path("tpp/slip/<uuid:uid>/slip.pdf", papers.slip, name="papers-slip"),
    path("dokumen/", papers.opds, name="papers-opds"),
    path("dokumen/pengaturan/", settings_views.overview, name="papers-settings"),
    path("dokumen/pengaturan/kop/", settings_views.letterhead, name="papers-letterhead"),
    path("dokumen/pengaturan/nomor/", settings_views.numbers, name="papers-numbers"),
    path("dokumen/pengaturan/penanda-tangan/", settings_views.signer, name="papers-signer"),
    path("dokumen/pengaturan/penanda-tangan/<uuid:uid>/akhiri/", settings_views.end_signer, name="papers-signer-end"),
    path("dokumen/pengaturan/contoh.pdf", settings_views.sample, name="papers-sample"),
    path("dokumen/terbitan/<uuid:uid>/tarik/", papers.withdraw, name="papers-withdraw"),
    path("dokumen/terbitan/<uuid:uid>.<str:form>", papers.download, name="papers-download"),
    path("dokumen/<str:month>/slip/", papers.all_slips, name="papers-all-slips"),
    path("dokumen/<str:month>/<uuid:opd>/", papers.opd_month, name="papers-opd-month"),
    path("dokumen/<str:month>/<uuid:opd>/terbitkan/", papers.issue, name="papers-issue"),
    path("dokumen/<str:month>/<uuid:opd>/slip/", papers.slips, name="papers-slips"),
    path("dokumen/<str:month>/<uuid:opd>/konsep/<slug:paper>.<str:form>", papers.preview, name="papers-preview"),
    path("kehadiran/rekap/", attendance.recap, name="papers-attendance"),
    path("kehadiran/rekap/berkas/", attendance.recap_files, name="papers-attendance-files"),
    path("kehadiran/rekap/susunan/", attendance.layout, name="papers-attendance-layout"),
    path("periksa/", verify_views.verify, name="papers-verify"),
    path("periksa/<str:code>/", verify_views.verify_code, name="papers-verify-code"),
]
