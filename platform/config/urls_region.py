"""A region's host: pages for its people, and the API."""

from django.urls import include, path

urlpatterns = [
    path("", include("kernel.texts.urls")),
    path("", include("tenants.reports.urls")),
    path("", include("tenants.attendance.urls")),
    path("", include("tenants.disturbances.urls")),
    path("", include("tenants.kiosks.urls")),
    path("", include("tenants.assemblies.urls")),
    path("", include("tenants.machines.urls")),
    path("", include("tenants.machines.iclock_urls")),
    path("", include("tenants.punches.app_urls")),
    path("", include("tenants.leave.urls")),
    path("", include("tenants.punches.urls")),
    path("", include("tenants.activities.urls")),
    path("", include("tenants.approvals.urls")),
    path("", include("tenants.places.urls")),
    path("", include("tenants.punch_review.urls")),
    path("", include("tenants.tpp.urls")),
    path("", include("tenants.arrears.urls")),
    path("", include("tenants.oversight.urls")),
    path("", include("tenants.payout.urls")),
    path("", include("tenants.budget.urls")),
    path("", include("tenants.preaudit.urls")),
    path("", include("tenants.appeals.urls")),
    path("", include("tenants.tryout.urls")),
    path("", include("tenants.skp.urls")),
    path("", include("tenants.measures.urls")),
    path("", include("tenants.continuity.urls")),
    path("", include("tenants.fallback.urls")),
    path("", include("tenants.deductions.urls")),
    path("", include("tenants.rules.urls")),
    path("", include("tenants.calendars.urls")),
    path("", include("tenants.employees.urls")),
    path("", include("tenants.organisation.urls")),
    path("", include("tenants.security.urls")),
    path("", include("kernel.guests.urls")),
    path("", include("kernel.jobs.urls")),
    path("", include("kernel.files.urls")),
    path("", include("kernel.audit.urls")),
    path("", include("kernel.accounts.urls")),
    path("", include("kernel.web.urls")),
    path("api/", include("api.urls")),
]

handler400 = "kernel.web.errors.bad_request"
handler403 = "kernel.web.errors.permission_denied"
handler404 = "kernel.web.errors.not_found"
handler500 = "kernel.web.errors.server_error"
