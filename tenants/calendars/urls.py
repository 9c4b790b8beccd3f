"""Addresses of this app."""

from django.urls import path

from tenants.calendars import views

urlpatterns = [
    path("kalender/", views.holidays, name="calendars-holidays"),
    path("kalender/draf/", views.draft, name="calendars-draft"),
    path("kalender/konfirmasi/", views.confirm, name="calendars-confirm"),
    path("kalender/libur/tambah/", views.add, name="calendars-add"),
    path("kalender/libur/<uuid:uid>/hapus/", views.remove, name="calendars-remove"),
    path("kalender/pola/", views.patterns, name="calendars-patterns"),
    path("kalender/pola/baru/", views.pattern_new, name="calendars-pattern-new"),
    path("kalender/pola/<uuid:uid>/", views.pattern, name="calendars-pattern"),
    path("kalender/pola/<uuid:uid>/tetapkan/", views.assign, name="calendars-assign"),
]
