"""Addresses of this app."""

from django.urls import path

from tenants.kiosks import device_views, views

urlpatterns = [
    path("absen/pakai-kode/", device_views.with_code, name="kiosks-with-code"),
    path("absen/kode-saya/", device_views.own_code, name="kiosks-own-code"),
    path("absen/titip/", device_views.carry, name="kiosks-carry"),
    path("absen/layar/", device_views.screen, name="kiosks-screen"),
    path("absen/layar/<uuid:uid>/kunci/", device_views.screen_secret, name="kiosks-screen-secret"),
    path("absen/kios/", device_views.kiosk, name="kiosks-kiosk"),
    path("absen/kios/pasang/", device_views.install, name="kiosks-install"),
    path("absen/kios/daftar/", device_views.roster, name="kiosks-roster"),
    path("absen/pin/", views.own_pin, name="kiosks-own-pin"),
    path("kehadiran/kios/", views.devices, name="kiosks-devices"),
    path("kehadiran/kios/layar/baru/", views.new_screen, name="kiosks-screen-new"),
    path("kehadiran/kios/layar/<uuid:uid>/ganti/", views.renew_screen, name="kiosks-screen-renew"),
    path("kehadiran/kios/layar/<uuid:uid>/henti/", views.end_screen, name="kiosks-screen-end"),
    path("kehadiran/kios/baru/", views.new_kiosk, name="kiosks-kiosk-new"),
    path("kehadiran/kios/pin/", views.pins, name="kiosks-pins"),
    path("kehadiran/kios/<uuid:uid>/kode/", views.kiosk_code, name="kiosks-kiosk-code"),
    path("kehadiran/kios/<uuid:uid>/henti/", views.end_kiosk, name="kiosks-kiosk-end"),
]
