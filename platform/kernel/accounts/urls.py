"""Signing in and out; the same on both hosts. Allauth's view names, our paths.

Nobody registers here: accounts are made by an import or an administrator.
"""

from allauth.account import views
from django.urls import path
from django.views.decorators.http import require_http_methods

_form = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("masuk/", _form(views.login), name="account_login"),
    path("keluar/", _form(views.logout), name="account_logout"),
    path("sandi/ganti/", _form(views.password_change), name="account_change_password"),
    path("akun/nonaktif/", require_http_methods(["GET", "HEAD"])(views.account_inactive), name="account_inactive"),
]
