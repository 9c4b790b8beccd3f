"""Addresses of this app."""

from django.urls import path

from tenants.punch_review import selfie_views, views

urlpatterns = [
    path("tinjauan/absen/", views.queue, name="punch-review-queue"),
    path("tinjauan/absen/atur/", views.settings, name="punch-review-settings"),
    path("tinjauan/absen/<uuid:uid>/", views.one, name="punch-review-one"),
    path("tinjauan/absen/<uuid:uid>/batal/", views.undo, name="punch-review-undo"),
    path("tinjauan/absen/tempat/", views.proposals, name="punch-review-proposals"),
    path("tinjauan/absen/tempat/<uuid:uid>/", views.decide_proposal, name="punch-review-proposal"),
    path("absen/swafoto/", selfie_views.due, name="punch-review-selfies"),
    path("absen/swafoto/<uuid:uid>/", selfie_views.send, name="punch-review-selfie"),
    path("absen/tinjauan/", views.own, name="punch-review-own"),
    path("absen/tinjauan/<uuid:uid>/", views.mine, name="punch-review-mine"),
]
