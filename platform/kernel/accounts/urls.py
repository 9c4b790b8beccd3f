"""Signing in and out, and what protects one's account; the same on both hosts. Allauth's view names, our paths.

Nobody registers here: accounts are made by an import or an administrator.
"""

from allauth.account import views
from django.urls import path
from django.views.decorators.http import require_http_methods

from kernel.accounts import entry_views
from kernel.accounts import factor_views as factors

_form = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("masuk/", _form(views.login), name="account_login"),
    path("masuk/kode/", factors.enter_code, name="mfa_authenticate"),
    path("masuk/kunci/", factors.log_in_by_passkey, name="mfa_login_webauthn"),
    path("masuk/ulang/", factors.show_password, name="account_reauthenticate"),
    path("masuk/ulang/kode/", factors.show_code, name="mfa_reauthenticate"),
    path("masuk/ulang/kunci/", factors.show_passkey, name="mfa_reauthenticate_webauthn"),
    path("keluar/", _form(views.logout), name="account_logout"),
    path("sandi/ganti/", _form(views.password_change), name="account_change_password"),
    path("akun/nonaktif/", require_http_methods(["GET", "HEAD"])(views.account_inactive), name="account_inactive"),
    path("aktivasi/", entry_views.activate, name="accounts-activate"),
    path("akun/pemulihan/", entry_views.recoveries, name="accounts-recoveries"),
    path("akun/pemulihan/<uuid:uid>/setuju/", entry_views.confirm, name="accounts-recovery-confirm"),
    path("akun/pemulihan/<uuid:uid>/batal/", entry_views.withdraw, name="accounts-recovery-withdraw"),
    path("akun/keamanan/", factors.security, name="mfa_index"),
    path("akun/keamanan/sesi/akhiri/", factors.end_others, name="accounts-end-other-sessions"),
    path("akun/keamanan/sesi/<uuid:uid>/akhiri/", factors.end_session, name="accounts-end-own-session"),
    path("akun/keamanan/aplikasi/", factors.add_app, name="mfa_activate_totp"),
    path("akun/keamanan/aplikasi/hapus/", factors.remove_app, name="mfa_deactivate_totp"),
    path("akun/keamanan/kunci/", factors.passkeys, name="mfa_list_webauthn"),
    path("akun/keamanan/kunci/baru/", factors.add_passkey, name="mfa_add_webauthn"),
    path("akun/keamanan/kunci/<int:pk>/hapus/", factors.remove_passkey, name="mfa_remove_webauthn"),
    path("akun/keamanan/kode/", factors.codes, name="mfa_view_recovery_codes"),
    path("akun/keamanan/kode/baru/", factors.new_codes, name="mfa_generate_recovery_codes"),
]
