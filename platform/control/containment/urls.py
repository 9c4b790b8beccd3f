"""Addresses of containment at the operators' host."""

from django.urls import path

from control.containment import views

urlpatterns = [
    path("pengendalian/", views.overview, name="containment-overview"),
    path("pengendalian/jaringan/", views.everywhere, name="containment-everywhere"),
    path("pengendalian/jaringan/<uuid:uid>/cabut/", views.lift_everywhere, name="containment-lift-everywhere"),
    path("pengendalian/<uuid:uid>/cabut/", views.lift, name="containment-lift"),
    path("pengendalian/permintaan/<uuid:uid>/setuju/", views.confirm, name="containment-confirm"),
    path("pengendalian/permintaan/<uuid:uid>/tolak/", views.decline, name="containment-decline"),
    path("wilayah/<slug:code>/pengendalian/", views.region, name="containment-region"),
    path("wilayah/<slug:code>/pengendalian/<slug:measure>/", views.impose, name="containment-impose"),
]
