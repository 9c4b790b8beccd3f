"""Signing in and out; the same on both hosts. Allauth's view names, our paths."""

from allauth.account import views
from django.urls import path

urlpatterns = [
    path("masuk/", views.login, name="account_login"),
    path("keluar/", views.logout, name="account_logout"),
    path("sandi/ganti/", views.password_change, name="account_change_password"),
    path("sandi/buat/", views.password_set, name="account_set_password"),
    path("akun/nonaktif/", views.account_inactive, name="account_inactive"),
    path("akun/ulangi-masuk/", views.reauthenticate, name="account_reauthenticate"),
    path("daftar/", views.signup, name="account_signup"),
]
