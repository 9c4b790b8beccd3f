"""Addresses of this app."""

from django.urls import path

from tenants.rules import views

urlpatterns = [
    path("aturan/", views.index, name="rules-list"),
    path("aturan/baru/", views.new, name="rules-new"),
    path("aturan/<uuid:uid>/", views.rule_set, name="rules-set"),
    path("aturan/<uuid:uid>/tanda-tangan/", views.sign, name="rules-sign"),
    path("aturan/<uuid:uid>/terbit/", views.publish, name="rules-publish"),
    path("aturan/<uuid:uid>/buang/", views.discard, name="rules-discard"),
]
