"""Addresses of the inspectorate's workspace."""

from django.urls import path

from tenants.oversight import finding_views, views

urlpatterns = [
    path("pengawasan/", views.samples, name="oversight-samples"),
    path("pengawasan/sampel/baru/", views.new_sample, name="oversight-new-sample"),
    path("pengawasan/sampel/<uuid:uid>/", views.sample, name="oversight-sample"),
    path("pengawasan/sampel/<uuid:uid>/daftar.xlsx", views.sample_sheet, name="oversight-sample-sheet"),
    path("pengawasan/diperiksa/<uuid:uid>/", views.examined, name="oversight-examined"),
    path("pengawasan/pegawai/<uuid:uid>/", views.month_of_person, name="oversight-person"),
    path("pengawasan/pegawai/<uuid:uid>/temuan/", views.new_finding, name="oversight-new-finding"),
    path("temuan/", finding_views.findings, name="oversight-findings"),
    path("temuan/saya/", finding_views.to_answer, name="oversight-to-answer"),
    path("temuan/<uuid:uid>/", finding_views.finding, name="oversight-finding"),
    path("temuan/<uuid:uid>/jawab/", finding_views.answer, name="oversight-answer"),
    path("temuan/<uuid:uid>/selesai/", finding_views.close, name="oversight-close"),
    path("temuan/<uuid:uid>/koreksi/", finding_views.propose, name="oversight-propose"),
    path("temuan/koreksi/<uuid:uid>/", finding_views.decide, name="oversight-decide"),
]
