"""Addresses of the SKP."""

from django.urls import path

from tenants.skp import import_views, official_views, superior_views, views

urlpatterns = [
    path("skp/", views.own, name="skp-own"),
    path("skp/rencana/baru/", views.plan_new, name="skp-plan-new"),
    path("skp/rencana/<uuid:uid>/", views.plan, name="skp-plan"),
    path("skp/rencana/<uuid:uid>/ajukan/", views.plan_submit, name="skp-plan-submit"),
    path("skp/rencana/<uuid:uid>/tarik/", views.plan_withdraw, name="skp-plan-withdraw"),
    path("skp/rencana/<uuid:uid>/hapus/", views.plan_discard, name="skp-plan-discard"),
    path("skp/rencana/<uuid:uid>/versi-baru/", views.plan_renew, name="skp-plan-renew"),
    path("skp/rencana/<uuid:uid>/perilaku/", views.expectations, name="skp-expectations"),
    path("skp/rencana/<uuid:uid>/rhk/baru/", views.result, name="skp-result-new"),
    path("skp/rencana/<uuid:uid>/rhk/<uuid:key>/", views.result, name="skp-result"),
    path("skp/rencana/<uuid:uid>/rhk/<uuid:key>/hapus/", views.result_remove, name="skp-result-remove"),
    path("skp/realisasi/<str:period>/", views.report, name="skp-report"),
    path("skp/realisasi/<str:period>/tarik/", views.report_withdraw, name="skp-report-withdraw"),
    path("skp/penilaian/<uuid:uid>/", views.assessment, name="skp-assessment"),
    path("skp/bawahan/", superior_views.people, name="skp-people"),
    path("skp/bawahan/<uuid:uid>/", superior_views.one, name="skp-person"),
    path("skp/bawahan/<uuid:uid>/<str:period>/", superior_views.assess_page, name="skp-assess"),
    path("skp/bawahan/<uuid:uid>/<str:period>/kembalikan/", superior_views.send_back, name="skp-return"),
    path("skp/bawahan/<uuid:uid>/<str:period>/buka/", superior_views.reopen_page, name="skp-reopen"),
    path("skp/nilai/", official_views.ratings, name="skp-ratings"),
    path("skp/nilai/unduh.xlsx", official_views.export, name="skp-export"),
    path("skp/kemajuan/", official_views.progress, name="skp-progress"),
    path("skp/kemajuan/<uuid:uid>/<str:period>/", official_views.organisation, name="skp-organisation"),
    path("skp/pengaturan/", official_views.settings_page, name="skp-settings"),
    path("skp/pengaturan/<uuid:uid>/batal/", official_views.setting_remove, name="skp-setting-remove"),
    path("skp/unggah/", import_views.upload, name="skp-upload"),
    path("skp/contoh.xlsx", import_views.template, name="skp-template"),
    path("skp/simpan/<uuid:uid>/", import_views.apply, name="skp-apply"),
    path("skp/ditolak/<uuid:uid>.xlsx", import_views.refused, name="skp-refused"),
]
