"""Addresses of this app."""

from django.urls import path

from tenants.arrears import decision_views, views

urlpatterns = [
    path("tpp/selisih/", views.runs, name="arrears-runs"),
    path("tpp/selisih/mulai/", views.start, name="arrears-start"),
    path("tpp/selisih/saya/", views.own, name="arrears-own"),
    path("tpp/selisih/slip/<uuid:uid>/", views.slip, name="arrears-slip"),
    path("tpp/selisih/keputusan/", decision_views.orders, name="arrears-orders"),
    path("tpp/selisih/keputusan/baru/", decision_views.new_order, name="arrears-order-new"),
    path("tpp/selisih/keputusan/<uuid:uid>/batal/", decision_views.cancel_order, name="arrears-order-cancel"),
    path("tpp/selisih/pengembalian/", decision_views.recoveries, name="arrears-recoveries"),
    path("tpp/selisih/pengembalian/batas/", decision_views.share, name="arrears-share"),
    path("tpp/selisih/<uuid:uid>/", views.run, name="arrears-run"),
    path("tpp/selisih/<uuid:uid>/slip/", views.run_slips, name="arrears-run-slips"),
    path("tpp/selisih/<uuid:uid>/masalah/", views.run_issues, name="arrears-run-issues"),
    path("tpp/selisih/<uuid:uid>/batal/", views.cancel, name="arrears-run-cancel"),
]
