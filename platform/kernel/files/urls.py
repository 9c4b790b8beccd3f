"""Addresses of this app."""

from django.urls import path

from kernel.files import views

urlpatterns = [
    path("berkas/ditahan/", views.queue, name="files-queue"),
    path("berkas/ditahan/<uuid:uid>/", views.one, name="files-one"),
    path("berkas/ditahan/<uuid:uid>/lepas/", views.release, name="files-release"),
    path("berkas/ditahan/<uuid:uid>/tolak/", views.refuse, name="files-refuse"),
    path("berkas/ditahan/<uuid:uid>/batal/", views.take_back, name="files-take-back"),
    path("berkas/<uuid:uid>/", views.read, name="files-read"),
]
