"""Addresses of leave."""

from django.urls import path

from tenants.leave import office_views, views

urlpatterns = [
    path("cuti/", views.own, name="leave-own"),
    path("cuti/baru/", views.new, name="leave-new"),
    path("cuti/saldo/", office_views.balance_list, name="leave-balances"),
    path("cuti/saldo/lembar/", office_views.opening, name="leave-opening"),
    path("cuti/saldo/contoh.xlsx", office_views.template, name="leave-template"),
    path("cuti/saldo/hak/", office_views.grant, name="leave-grant"),
    path("cuti/saldo/<uuid:uid>/", office_views.one_person, name="leave-person"),
    path("cuti/catat/", office_views.record, name="leave-record"),
    path("cuti/jenis/", office_views.kinds, name="leave-kinds"),
    path("cuti/jenis/<uuid:uid>/", office_views.kind, name="leave-kind"),
]
