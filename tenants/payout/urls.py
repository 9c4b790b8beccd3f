"""Addresses of this app."""

from django.urls import path, re_path

from tenants.payout import difference_views, lock_views, views
from tenants.payout.parcels import views as parcels
from tenants.payout.payments import views as payments

urlpatterns = [
    path("tpp/kunci/", views.locks, name="payout-locks"),
    path("tpp/kunci/tanda-tangan/", lock_views.sign, name="payout-sign"),
    path("tpp/kunci/tanda-tangan/<uuid:uid>/cabut/", lock_views.withdraw, name="payout-unsign"),
    path("tpp/kunci/opd/<uuid:uid>/", lock_views.lock, name="payout-lock"),
    path("tpp/kunci/opd/<uuid:uid>/periksa/", lock_views.verify, name="payout-verify-lock"),
    path("tpp/kunci/opd/<uuid:uid>/buka/", lock_views.reopen, name="payout-reopen"),
    path("tpp/kunci/buka/<uuid:uid>/setuju/", lock_views.confirm, name="payout-reopen-confirm"),
    path("tpp/kunci/buka/<uuid:uid>/cabut/", lock_views.withdraw_proposal, name="payout-reopen-withdraw"),
    path("tpp/kunci/selisih/<uuid:uid>/", difference_views.difference, name="payout-difference"),
    path("tpp/kunci/<str:month>/", views.month, name="payout-month"),
    path("tpp/kunci/<str:month>/periksa/", views.verify, name="payout-verify"),
    path("tpp/pembayaran/", parcels.board, name="payout-board"),
    path("tpp/pembayaran/opd-saya/", parcels.own, name="payout-own-opd"),
    path("tpp/pembayaran/batas-waktu/", parcels.deadlines, name="payout-deadlines"),
    path("tpp/pembayaran/hasil-bank/", payments.bank_results, name="payout-bank-results"),
    path("tpp/pembayaran/daftar/<uuid:uid>/", payments.payment_list, name="payout-list"),
    path("tpp/pembayaran/daftar/<uuid:uid>/dibayar/", payments.mark, name="payout-list-mark"),
    path("tpp/pembayaran/susulan/<uuid:uid>/", payments.follow_up, name="payout-follow-up"),
    path("tpp/pembayaran/<str:month>/<str:kind>/langkah/", parcels.bulk, name="payout-bulk"),
    re_path(
        r"^tpp/pembayaran/(?P<month>[^/]+)/(?P<kind>[^/]+)/bank\.(?P<form>csv|xlsx)$",
        payments.bank_file,
        name="payout-bank-file",
    ),
    re_path(
        r"^tpp/pembayaran/(?P<month>[^/]+)/(?P<kind>[^/]+)/keuangan\.(?P<form>csv|xlsx)$",
        payments.finance_file,
        name="payout-finance-file",
    ),
    path("tpp/pembayaran/<str:month>/<str:kind>/<uuid:uid>/", parcels.parcel, name="payout-parcel"),
    path("tpp/pembayaran/<str:month>/<str:kind>/<uuid:uid>/kembalikan/", parcels.give_back, name="payout-return"),
    path("tpp/pembayaran/<str:month>/<str:kind>/<uuid:uid>/batal/", parcels.undo, name="payout-undo"),
    path("tpp/pembayaran/<str:month>/<str:kind>/<uuid:uid>/langkah/<str:step>/", parcels.take, name="payout-step"),
]
