"""Addresses of this app."""

from django.urls import path

from tenants.attendance import asking_views, document_views, live_views, order_views, views

urlpatterns = [
    path("absen/", views.punch, name="attendance-punch"),
    path("kehadiran/", views.own_month, name="attendance-month"),
    path("kehadiran/pegawai/<uuid:uid>/", views.employee_month, name="attendance-person"),
    path("kehadiran/bawahan/", views.staff_today, name="attendance-staff"),
    path("kehadiran/saat-ini/", live_views.live_board, name="attendance-live"),
    path("kehadiran/unit/", views.unit_today, name="attendance-unit"),
    path("kehadiran/hitung/", views.compute, name="attendance-compute"),
    path("surat/", document_views.documents, name="attendance-documents"),
    path("surat/baru/", document_views.new_document, name="attendance-document-new"),
    path("surat/catat/", document_views.record_for_many, name="attendance-record"),
    path("surat/koreksi/", asking_views.correction, name="attendance-correction"),
    path("surat/izin/", asking_views.permit, name="attendance-permit"),
    path("surat/syarat/", asking_views.policy, name="attendance-policy"),
    path("surat/tugas/", order_views.orders, name="attendance-orders"),
    path("surat/tugas/baru/", order_views.new_order, name="attendance-order-new"),
    path("surat/tugas/<uuid:uid>/", order_views.order, name="attendance-order"),
    path("surat/tugas/<uuid:uid>/tarik/", order_views.withdraw, name="attendance-order-withdraw"),
    path("surat/<uuid:uid>/cabut/", document_views.revoke, name="attendance-document-revoke"),
    path("surat/<uuid:uid>/", document_views.document, name="attendance-document"),
    path("surat/<uuid:uid>/tarik/", document_views.withdraw, name="attendance-document-withdraw"),
]
