"""Addresses of this app."""

from django.urls import path

from tenants.places import views

urlpatterns = [
    path("tempat/", views.places, name="places-list"),
    path("tempat/peta/", views.map_page, name="places-map"),
    path("tempat/baru/", views.new, name="places-new"),
    path("tempat/impor/", views.bring_in, name="places-import"),
    path("tempat/contoh.xlsx", views.template, name="places-template"),
    path("tempat/surat/", views.letters, name="places-letters"),
    path("tempat/surat/baru/", views.new_letter, name="places-letter-new"),
    path("tempat/surat/<uuid:uid>/", views.letter, name="places-letter"),
    path("tempat/surat/<uuid:uid>/tarik/", views.withdraw, name="places-letter-withdraw"),
    path("tempat/penetapan/<uuid:uid>/akhiri/", views.end_assignment, name="places-assignment-end"),
    path("tempat/<uuid:uid>/", views.place, name="places-place"),
    path("tempat/<uuid:uid>/ubah/", views.change, name="places-change"),
    path("tempat/<uuid:uid>/akhiri/", views.end, name="places-end"),
    path("tempat/<uuid:uid>/buka/", views.reopen, name="places-reopen"),
    path("tempat/<uuid:uid>/tetapkan/", views.assign, name="places-assign"),
]
