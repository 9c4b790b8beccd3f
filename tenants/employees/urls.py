"""Addresses of this app."""

from django.urls import path

from tenants.employees import account_views, import_views, stop_views, views
from tenants.employees.bank import views as bank_views

urlpatterns = [
    path("profil/", views.profile, name="employees-profile"),
    path("pegawai/", views.employees, name="employees-list"),
    path("pegawai/impor/", import_views.upload, name="employees-import"),
    path("pegawai/impor/contoh.xlsx", import_views.download_template, name="employees-import-template"),
    path("pegawai/impor/<uuid:uid>/", import_views.check, name="employees-import-check"),
    path("pegawai/impor/<uuid:uid>/konfirmasi/", import_views.confirm, name="employees-import-confirm"),
    path("pegawai/rekening/", bank_views.listed, name="employees-accounts"),
    path("pegawai/rekening/konfirmasi/", bank_views.confirm, name="employees-accounts-confirm"),
    path("pegawai/rekening/impor/", bank_views.upload, name="employees-accounts-import"),
    path("pegawai/rekening/impor/contoh.xlsx", bank_views.template, name="employees-accounts-template"),
    path("pegawai/rekening/impor/<uuid:uid>/", bank_views.check, name="employees-accounts-check"),
    path(
        "pegawai/rekening/impor/<uuid:uid>/konfirmasi/",
        bank_views.confirm_import,
        name="employees-accounts-import-confirm",
    ),
    path("pegawai/rekening/impor/<uuid:uid>/batal/", bank_views.undo, name="employees-accounts-undo"),
    path("pegawai/rekening/<uuid:uid>/batal/", bank_views.withdraw, name="employees-accounts-withdraw"),
    path("pegawai/<uuid:uid>/rekening/", bank_views.of_person, name="employees-accounts-person"),
    path("pegawai/penghentian/", stop_views.list_stops, name="employees-stops"),
    path("pegawai/penghentian/unggah/", stop_views.upload, name="employees-stops-upload"),
    path("pegawai/penghentian/contoh.xlsx", stop_views.template, name="employees-stops-template"),
    path("pegawai/penghentian/simpan/<uuid:uid>/", stop_views.apply, name="employees-stops-apply"),
    path("pegawai/kode/", account_views.codes, name="employees-codes"),
    path("pegawai/<uuid:uid>/", views.employee, name="employees-employee"),
    path("pegawai/<uuid:uid>/ubah/", views.edit, name="employees-edit"),
    path("pegawai/<uuid:uid>/status/", views.standing, name="employees-standing"),
    path(
        "pegawai/<uuid:uid>/status/<uuid:standing_uid>/betulkan/",
        views.correct_standing,
        name="employees-standing-correct",
    ),
    path("pegawai/<uuid:uid>/penghentian/", stop_views.add, name="employees-stop-add"),
    path("pegawai/<uuid:uid>/penghentian/<uuid:stop_uid>/", stop_views.correct, name="employees-stop-correct"),
    path("pegawai/<uuid:uid>/penghentian/<uuid:stop_uid>/batal/", stop_views.withdraw, name="employees-stop-withdraw"),
    path("pegawai/<uuid:uid>/penempatan/", views.place, name="employees-place"),
    path("pegawai/<uuid:uid>/penempatan/<uuid:placement_uid>/akhiri/", views.end, name="employees-end"),
    path("pegawai/<uuid:uid>/atasan/", views.superior, name="employees-superior"),
    path("pegawai/<uuid:uid>/atasan/<uuid:override_uid>/akhiri/", views.end_superior, name="employees-superior-end"),
    path("pegawai/<uuid:uid>/nonaktifkan/", views.deactivate, name="employees-deactivate"),
    path("pegawai/<uuid:uid>/aktifkan/", views.reactivate, name="employees-reactivate"),
    path("pegawai/<uuid:uid>/kode/", account_views.code, name="employees-code"),
    path("akun/", account_views.users, name="accounts-users"),
    path("akun/peran/", account_views.roles, name="accounts-roles"),
    path("akun/peran/<slug:code>/", account_views.role, name="accounts-role"),
    path("akun/<uuid:uid>/", account_views.user, name="accounts-user"),
    path("akun/<uuid:uid>/peran/beri/", account_views.grant, name="accounts-grant"),
    path("akun/<uuid:uid>/peran/cabut/", account_views.revoke, name="accounts-revoke"),
    path("akun/<uuid:uid>/keadaan/", account_views.switch, name="accounts-switch"),
    path("akun/<uuid:uid>/sesi/", account_views.end_sessions, name="accounts-end-sessions"),
]
