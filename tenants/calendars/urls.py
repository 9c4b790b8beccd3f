"""Addresses of this app."""

from django.urls import path

from tenants.calendars import pattern_views, roster_views, unit_views, views

urlpatterns = [
    path("kalender/", views.holidays, name="calendars-holidays"),
    path("kalender/draf/", views.draft, name="calendars-draft"),
    path("kalender/konfirmasi/", views.confirm, name="calendars-confirm"),
    path("kalender/libur/tambah/", views.add, name="calendars-add"),
    path("kalender/libur/<uuid:uid>/hapus/", views.remove, name="calendars-remove"),
    path("kalender/pola/", pattern_views.patterns, name="calendars-patterns"),
    path("kalender/pola/baru/", pattern_views.pattern_new, name="calendars-pattern-new"),
    path("kalender/pola/siap-pakai/<slug:code>/", pattern_views.take, name="calendars-pattern-take"),
    path("kalender/pola/penetapan/<uuid:uid>/", pattern_views.end, name="calendars-assignment-end"),
    path("kalender/pola/<uuid:uid>/", pattern_views.pattern, name="calendars-pattern"),
    path("kalender/pola/<uuid:uid>/jam/", pattern_views.version_new, name="calendars-version-new"),
    path("kalender/pola/<uuid:uid>/jam/<uuid:version>/", pattern_views.version, name="calendars-version"),
    path(
        "kalender/pola/<uuid:uid>/jam/<uuid:version>/hapus/",
        pattern_views.version_remove,
        name="calendars-version-remove",
    ),
    path("kalender/pola/<uuid:uid>/tetapkan/", pattern_views.assign, name="calendars-assign"),
    path("kalender/ramadan/", pattern_views.ramadan, name="calendars-ramadan"),
    path("kalender/ramadan/baru/", pattern_views.ramadan_new, name="calendars-ramadan-new"),
    path("kalender/ramadan/<uuid:uid>/hapus/", pattern_views.ramadan_remove, name="calendars-ramadan-remove"),
    path("kalender/unit/", unit_views.units, name="calendars-units"),
    path("kalender/unit/pilih/", unit_views.choose, name="calendars-unit-choose"),
    path("kalender/unit/<uuid:uid>/", unit_views.unit, name="calendars-unit"),
    path("kalender/unit/<uuid:uid>/zona/", unit_views.zone, name="calendars-unit-zone"),
    path("kalender/jadwal/", roster_views.roster, name="calendars-roster"),
    path("kalender/jadwal/sel/", roster_views.cells, name="calendars-roster-cells"),
    path("kalender/jadwal/tindakan/", roster_views.act, name="calendars-roster-act"),
    path("kalender/jadwal/lembar/", roster_views.sheet, name="calendars-roster-sheet"),
    path("kalender/jadwal/unggah/", roster_views.bring_in, name="calendars-roster-import"),
    path("kalender/jadwal/<uuid:uid>/", roster_views.person_month, name="calendars-roster-person"),
]
