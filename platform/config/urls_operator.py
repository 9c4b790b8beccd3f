"""The operators' host: the console."""

from django.urls import include, path

urlpatterns = [
    path("", include("control.console.urls")),
    path("", include("control.containment.urls")),
    path("", include("control.breakglass.urls")),
    path("", include("control.pages.urls")),
    path("", include("control.signatures.urls")),
    path("", include("kernel.jobs.urls")),
    path("", include("kernel.audit.urls")),
    path("", include("kernel.accounts.urls")),
    path("", include("kernel.web.urls")),
]

handler400 = "kernel.web.errors.bad_request"
handler403 = "kernel.web.errors.permission_denied"
handler404 = "kernel.web.errors.not_found"
handler500 = "kernel.web.errors.server_error"
