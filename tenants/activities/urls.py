"""Addresses of activities and their catalogue."""

from django.urls import path

from tenants.activities import catalogue_views, views

urlpatterns = [
    path("aktivitas/", views.own_list, name="activities-list"),
    path("aktivitas/baru/", views.new, name="activities-new"),
    path("aktivitas/kirim/", views.submit, name="activities-submit"),
    path("aktivitas/favorit/", views.favourite, name="activities-favourite"),
    path("aktivitas/putusan/<uuid:uid>/", views.review, name="activities-review"),
    path("aktivitas/unit/", views.unit_list, name="activities-unit"),
    path("aktivitas/unit/<uuid:uid>/", views.unit_activity, name="activities-unit-activity"),
    path("aktivitas/<uuid:uid>/", views.own_activity, name="activities-activity"),
    path("aktivitas/<uuid:uid>/ubah/", views.edit, name="activities-edit"),
    path("aktivitas/<uuid:uid>/tarik/", views.take_back, name="activities-withdraw"),
    path("aktivitas/<uuid:uid>/hapus/", views.delete, name="activities-delete"),
    path("katalog/", catalogue_views.catalogue, name="catalogue-list"),
    path("katalog/jenis/baru/", catalogue_views.new_kind, name="catalogue-new"),
    path("katalog/jenis/<uuid:uid>/", catalogue_views.kind, name="catalogue-kind"),
    path("katalog/jenis/<uuid:uid>/ubah/", catalogue_views.change_kind, name="catalogue-change"),
    path("katalog/jenis/<uuid:uid>/akhiri/", catalogue_views.stop_kind, name="catalogue-end"),
    path("katalog/katalog.xlsx", catalogue_views.catalogue_sheet, name="catalogue-sheet"),
    path("katalog/impor/", catalogue_views.catalogue_import, name="catalogue-import"),
    path("katalog/impor/<uuid:uid>/", catalogue_views.catalogue_apply, name="catalogue-apply"),
]
