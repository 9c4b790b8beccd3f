"""Addresses of this app: those of the lane, and the pages about phones."""

from django.urls import path

from tenants.punches import phone_views, views

# Also in the lane's own process (`config.urls_lane`): what needs no session.
lane = [path("absen/kirim/", views.send, name="punches-send")]

urlpatterns = [
    *lane,
    path("absen/tanda/", views.mark, name="punches-mark"),
    path("absen/hp/", views.phone, name="punches-phone"),
    path("absen/hp/<uuid:uid>/hilang/", phone_views.lost, name="punches-phone-lost"),
    path("kehadiran/hp/", phone_views.phones, name="punches-phones"),
    path("kehadiran/hp/<uuid:uid>/konfirmasi/", phone_views.confirm, name="punches-phone-confirm"),
    path("kehadiran/hp/<uuid:uid>/tolak/", phone_views.reject, name="punches-phone-reject"),
    path("kehadiran/hp/<uuid:uid>/hilang/", phone_views.end, name="punches-phone-end"),
    path("kehadiran/hp/<uuid:uid>/pulihkan/", phone_views.restore, name="punches-phone-restore"),
]
