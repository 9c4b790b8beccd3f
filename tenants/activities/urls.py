"""Addresses of activities and their catalogue."""

from django.urls import path

from tenants.activities import views

urlpatterns = [
    path("aktivitas/", views.own_list, name="activities-list"),
    path("aktivitas/baru/", views.new, name="activities-new"),
    path("aktivitas/kirim/", views.submit, name="activities-submit"),
    path("aktivitas/unit/", views.unit_list, name="activities-unit"),
    path("aktivitas/unit/<uuid:uid>/", views.unit_activity, name="activities-unit-activity"),
    path("aktivitas/<uuid:uid>/", views.own_activity, name="activities-activity"),
    path("aktivitas/<uuid:uid>/ubah/", views.edit, name="activities-edit"),
    path("aktivitas/<uuid:uid>/tarik/", views.take_back, name="activities-withdraw"),
    path("aktivitas/<uuid:uid>/hapus/", views.delete, name="activities-delete"),
    path("katalog/", views.catalogue, name="catalogue-list"),
    path("katalog/katalog.xlsx", views.catalogue_sheet, name="catalogue-sheet"),
    path("katalog/impor/", views.catalogue_import, name="catalogue-import"),
    path("katalog/impor/<uuid:uid>/", views.catalogue_apply, name="catalogue-apply"),
]
