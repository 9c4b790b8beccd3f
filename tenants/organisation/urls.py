"""Addresses of this app."""

from django.urls import path

from tenants.organisation import views

urlpatterns = [
    path("organisasi/", views.tree, name="organisation-tree"),
    path("organisasi/unit/<uuid:uid>/", views.unit, name="organisation-unit"),
    path("organisasi/jabatan/<uuid:uid>/", views.position, name="organisation-position"),
    path("organisasi/jabatan/<uuid:uid>/kelas/", views.terms, name="organisation-terms"),
    path(
        "organisasi/jabatan/<uuid:uid>/kelas/<uuid:terms_uid>/betulkan/",
        views.correct_terms,
        name="organisation-terms-correct",
    ),
]
