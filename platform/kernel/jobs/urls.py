"""Addresses of this app."""

from django.urls import path

from kernel.jobs import views

urlpatterns = [
    path("pekerjaan/<uuid:uid>/", views.job, name="jobs-job"),
    path("pekerjaan/<uuid:uid>/hentikan/", views.cancel, name="jobs-cancel"),
    path("pekerjaan/<uuid:uid>/catatan.xlsx", views.rows, name="jobs-rows"),
]
