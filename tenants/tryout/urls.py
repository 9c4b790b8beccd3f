"""Addresses of this app."""

from django.urls import path

from tenants.tryout import views

urlpatterns = [
    path("tpp/uji-coba/", views.try_outs, name="tryout-list"),
    path("tpp/uji-coba/mulai/", views.start, name="tryout-start"),
    path("tpp/uji-coba/<uuid:uid>/", views.result, name="tryout-result"),
    path("tpp/uji-coba/<uuid:uid>/batal/", views.stop, name="tryout-stop"),
    path("tpp/uji-coba/<uuid:uid>/hapus/", views.remove, name="tryout-remove"),
    path("tpp/uji-coba/<uuid:uid>/pegawai/", views.people, name="tryout-people"),
    path("tpp/uji-coba/<uuid:uid>/pegawai/<uuid:employee>/", views.person_page, name="tryout-person"),
    path("tpp/uji-coba/<uuid:uid>/hasil.xlsx", views.sheet, name="tryout-sheet"),
    path("tpp/uji-coba/<uuid:uid>/ringkasan.pdf", views.paper, name="tryout-paper"),
]
