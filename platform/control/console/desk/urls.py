"""Addresses of the incident desk."""

from django.urls import path

from control.console.desk import packs, rules, views

urlpatterns = [
    path("", views.queue, name="desk-queue"),
    path("baru/", views.new, name="desk-new"),
    path("tenggat/", rules.clocks, name="desk-clocks"),
    path("tenggat/<slug:code>/", rules.clock_version, name="desk-clock"),
    path("templat/", rules.templates, name="desk-templates"),
    path("templat/<int:key>/", rules.template, name="desk-template"),
    path("<uuid:uid>/", views.incident, name="desk-incident"),
    path("<uuid:uid>/keadaan/", views.move, name="desk-move"),
    path("<uuid:uid>/kembali/", views.back, name="desk-back"),
    path("<uuid:uid>/alarm-palsu/", views.false_alarm, name="desk-false-alarm"),
    path("<uuid:uid>/tingkat/", views.severity, name="desk-severity"),
    path("<uuid:uid>/penanggung-jawab/", views.owner, name="desk-owner"),
    path("<uuid:uid>/data-pribadi/", views.breach, name="desk-breach"),
    path("<uuid:uid>/data-pribadi/cabut/", views.no_breach, name="desk-no-breach"),
    path("<uuid:uid>/gabung/", views.merge, name="desk-merge"),
    path("<uuid:uid>/catatan/", views.note, name="desk-note"),
    path("<uuid:uid>/linimasa/", views.whole_timeline, name="desk-timeline"),
    path("<uuid:uid>/penting/<uuid:entry>/", views.key_event, name="desk-key-event"),
    path("<uuid:uid>/laporan/", views.report, name="desk-report"),
    path("<uuid:uid>/tugas/", views.add_task, name="desk-add-task"),
    path("<uuid:uid>/tugas/<uuid:task>/", views.task, name="desk-task"),
    path("<uuid:uid>/pemberitahuan/<uuid:notice>/kirim/", views.sent, name="desk-sent"),
    path("<uuid:uid>/pemberitahuan/<uuid:notice>/tidak-perlu/", views.waive, name="desk-waive"),
    path("<uuid:uid>/pemberitahuan/<uuid:notice>/lagi/", views.notice_again, name="desk-notice-again"),
    path("<uuid:uid>/bukti/", views.attach_file, name="desk-attach"),
    path("<uuid:uid>/bukti/<uuid:evidence>/", packs.evidence_file, name="desk-evidence"),
    path("<uuid:uid>/paket/", packs.make, name="desk-make-pack"),
    path("<uuid:uid>/paket/<uuid:pack>/", packs.pack_file, name="desk-pack"),
    path("<uuid:uid>/insiden.json", packs.as_json, name="desk-json"),
]
