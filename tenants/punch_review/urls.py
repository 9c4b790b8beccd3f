"""Addresses of this app."""

from django.urls import path

from tenants.punch_review import views

urlpatterns = [
    path("tinjauan/absen/", views.queue, name="punch-review-queue"),
    path("tinjauan/absen/atur/", views.settings, name="punch-review-settings"),
    path("tinjauan/absen/<uuid:uid>/", views.one, name="punch-review-one"),
    path("tinjauan/absen/<uuid:uid>/batal/", views.undo, name="punch-review-undo"),
    path("absen/tinjauan/", views.own, name="punch-review-own"),
    path("absen/tinjauan/<uuid:uid>/", views.mine, name="punch-review-mine"),
]
