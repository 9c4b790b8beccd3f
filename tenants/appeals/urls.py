"""Addresses of the appeals."""

from django.urls import path

from tenants.appeals import views

urlpatterns = [
    path("tpp/keberatan/", views.own, name="appeals-own"),
    path("tpp/keberatan/daerah/", views.of_region, name="appeals-region"),
    path("tpp/keberatan/slip/<uuid:uid>/<int:order>/", views.new, name="appeals-new"),
    path("tpp/keberatan/<uuid:uid>/", views.appeal, name="appeals-appeal"),
    path("tpp/keberatan/<uuid:uid>/ulang/", views.revise, name="appeals-revise"),
    path("tpp/keberatan/<uuid:uid>/tarik/", views.withdraw, name="appeals-withdraw"),
    path("tpp/keberatan/<uuid:uid>/hasil/", views.remedy, name="appeals-remedy"),
]
