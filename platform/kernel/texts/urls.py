"""Addresses of this app, on a region's host."""

from django.urls import path

from kernel.texts import views

urlpatterns = [
    path("teks/", views.queue, name="texts-queue"),
    path("teks/saya/", views.mine, name="texts-mine"),
    path("teks/<uuid:uid>/", views.one, name="texts-one"),
    path("teks/<uuid:uid>/loloskan/", views.release, name="texts-release"),
    path("teks/<uuid:uid>/hapus/", views.remove, name="texts-remove"),
    path("teks/<uuid:uid>/batalkan/", views.take_back, name="texts-take-back"),
]
