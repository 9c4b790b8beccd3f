"""Addresses of this app."""

from django.urls import path

from tenants.rules.views import editing, examples, tables, versions

urlpatterns = [
    path("aturan/", versions.index, name="rules-list"),
    path("aturan/baru/", versions.new, name="rules-new"),
    path("aturan/baru/berkas/", versions.upload, name="rules-upload"),
    path("aturan/tabel/", tables.index, name="rules-tables"),
    path("aturan/tabel/<str:reference>/", tables.table, name="rules-table"),
    path("aturan/tabel/<str:reference>/tarik/", tables.withdraw, name="rules-table-withdraw"),
    path("aturan/<uuid:uid>/", versions.rule_set, name="rules-set"),
    path("aturan/<uuid:uid>/salin/", versions.copy, name="rules-copy"),
    path("aturan/<uuid:uid>/banding/", versions.compare, name="rules-compare"),
    path("aturan/<uuid:uid>/riwayat/", versions.history, name="rules-history"),
    path("aturan/<uuid:uid>/riwayat/<int:number>/kembali/", versions.restore, name="rules-restore"),
    path("aturan/<uuid:uid>/peraturan/", versions.regulation, name="rules-regulation"),
    path("aturan/<uuid:uid>/tanda-tangan/", versions.sign, name="rules-sign"),
    path("aturan/<uuid:uid>/terbit/", versions.publish, name="rules-publish"),
    path("aturan/<uuid:uid>/buang/", versions.discard, name="rules-discard"),
    path("aturan/<uuid:uid>/ubah/", editing.own, name="rules-edit"),
    path("aturan/<uuid:uid>/ubah/tambah/", editing.add, name="rules-edit-add"),
    path("aturan/<uuid:uid>/ubah/contoh/", examples.index, name="rules-examples"),
    path("aturan/<uuid:uid>/ubah/contoh/baru/", examples.new, name="rules-example-new"),
    path("aturan/<uuid:uid>/ubah/contoh/<int:number>/", examples.example, name="rules-example"),
    path("aturan/<uuid:uid>/ubah/contoh/<int:number>/hapus/", examples.remove, name="rules-example-remove"),
    path("aturan/<uuid:uid>/ubah/ketentuan/<str:node_id>/", editing.node, name="rules-edit-node"),
    path("aturan/<uuid:uid>/ubah/ketentuan/<str:node_id>/pindah/", editing.move, name="rules-edit-move"),
    path("aturan/<uuid:uid>/ubah/ketentuan/<str:node_id>/hapus/", editing.remove, name="rules-edit-remove"),
]
