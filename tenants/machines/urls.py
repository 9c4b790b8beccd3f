"""Addresses of this app."""

from django.urls import path

from tenants.machines import log_views, views

urlpatterns = [
    path("kehadiran/mesin/", views.machines, name="machines-machines"),
    path("kehadiran/mesin/baru/", views.register, name="machines-new"),
    path("kehadiran/mesin/log/", log_views.log, name="machines-log"),
    path("kehadiran/mesin/pin/", log_views.pins, name="machines-pins"),
    path("kehadiran/mesin/pin/<int:pk>/lepas/", log_views.release_pin, name="machines-pin-release"),
    path("kehadiran/mesin/<uuid:uid>/", views.machine, name="machines-machine"),
    path("kehadiran/mesin/<uuid:uid>/klaim/", views.claim, name="machines-claim"),
    path("kehadiran/mesin/<uuid:uid>/perintah/", views.command, name="machines-command"),
    path("kehadiran/mesin/<uuid:uid>/perintah/<int:pk>/tarik/", views.withdraw, name="machines-command-withdraw"),
    path("kehadiran/mesin/<uuid:uid>/alamat/", views.secret, name="machines-secret"),
    path("kehadiran/mesin/<uuid:uid>/jaringan/", views.networks, name="machines-networks"),
    path("kehadiran/mesin/<uuid:uid>/jam/hitung/", views.count_lines_ahead, name="machines-ahead-count"),
    path("kehadiran/mesin/<uuid:uid>/jam/lewati/", views.drop_lines_ahead, name="machines-ahead-drop"),
    path("kehadiran/mesin/<uuid:uid>/jam/<uuid:decision>/batal/", views.undo_lines_ahead, name="machines-ahead-undo"),
    path("kehadiran/mesin/<uuid:uid>/berhenti/", views.retire, name="machines-retire"),
]
