"""Addresses of the inbox and the chains."""

from django.urls import path

from tenants.approvals import chain_views, correction_views, delay_views, delegation_views, views

urlpatterns = [
    path("kotak-masuk/", views.inbox, name="approvals-inbox"),
    path("kotak-masuk/putuskan/", views.decide_chosen, name="approvals-decide"),
    path("kotak-masuk/batalkan/", views.undo, name="approvals-undo"),
    path("kotak-masuk/riwayat/", views.history, name="approvals-history"),
    path("kotak-masuk/keterlambatan/", delay_views.delays, name="approvals-delays"),
    path("kotak-masuk/keterlambatan/<uuid:uid>/", delay_views.delays_of, name="approvals-delays-of"),
    path("kotak-masuk/daerah/", chain_views.region, name="approvals-region"),
    path("kotak-masuk/daerah/<slug:kind>/<uuid:uid>/", chain_views.hand_in, name="approvals-region-hand-in"),
    path("kotak-masuk/rantai/", chain_views.chains, name="approvals-chains"),
    path("kotak-masuk/rantai/siapa/", chain_views.who_decides, name="approvals-who-decides"),
    path("kotak-masuk/rantai/<slug:kind>/", chain_views.new_chain, name="approvals-chain-new"),
    path("kotak-masuk/rantai/<slug:kind>/akhiri/", chain_views.end, name="approvals-chain-end"),
    path("kotak-masuk/delegasi/", delegation_views.delegations, name="approvals-delegations"),
    path("kotak-masuk/delegasi/<uuid:uid>/tarik/", delegation_views.withdraw, name="approvals-delegation-withdraw"),
    path("profil/atasan/", correction_views.correction, name="approvals-correction"),
    path("profil/atasan/<uuid:uid>/tarik/", correction_views.withdraw, name="approvals-correction-withdraw"),
    path("kotak-masuk/<uuid:uid>/", views.one_request, name="approvals-request"),
    path("kotak-masuk/<uuid:uid>/jejak/", delay_views.trail, name="approvals-trail"),
    path("kotak-masuk/<uuid:uid>/tarik/", views.take_back, name="approvals-recall"),
]
