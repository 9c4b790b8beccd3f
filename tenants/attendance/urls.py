"""Addresses of this app."""

from django.urls import path

from tenants.attendance import document_views, views

urlpatterns = [
    path("absen/", views.punch, name="attendance-punch"),
    path("kehadiran/", views.own_month, name="attendance-month"),
    path("kehadiran/pegawai/<uuid:uid>/", views.employee_month, name="attendance-person"),
    path("kehadiran/bawahan/", views.staff_today, name="attendance-staff"),
    path("kehadiran/unit/", views.unit_today, name="attendance-unit"),
    path("kehadiran/hitung/", views.compute, name="attendance-compute"),
    path("surat/", document_views.documents, name="attendance-documents"),
    path("surat/baru/", document_views.new_document, name="attendance-document-new"),
    path("surat/catat/", document_views.record_for_many, name="attendance-record"),
    path("surat/<uuid:uid>/", document_views.document, name="attendance-document"),
    path("surat/<uuid:uid>/tarik/", document_views.withdraw, name="attendance-document-withdraw"),
]
