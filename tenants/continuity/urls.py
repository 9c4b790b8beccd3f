"""Addresses of the continuity kit."""

from django.urls import path

from tenants.continuity import views

urlpatterns = [
    path("darurat/", views.emergency, name="continuity-emergency"),
    path("cadangan/", views.kits, name="continuity-kits"),
    path("cadangan/buat/<uuid:uid>/", views.make, name="continuity-make"),
    path("cadangan/sandi/<uuid:uid>/", views.password, name="continuity-password"),
    path("cadangan/sandi/<uuid:uid>/ganti/", views.new_password, name="continuity-new-password"),
    path("cadangan/<uuid:uid>.zip", views.kit, name="continuity-kit"),
    path("cadangan/isian/", views.sheets, name="continuity-sheets"),
    path("cadangan/isian/baru/", views.upload, name="continuity-upload"),
    path("cadangan/isian/<uuid:uid>/", views.sheet, name="continuity-sheet"),
    path("cadangan/isian/<uuid:uid>/setujui/", views.approve, name="continuity-approve"),
    path("cadangan/isian/<uuid:uid>/tarik/", views.withdraw, name="continuity-withdraw"),
]
