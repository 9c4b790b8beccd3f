"""A region's host at the punch lane: what phones and machines send, and nothing else."""

from django.urls import include, path

from tenants.punches.urls import lane

urlpatterns = [path("", include(lane)), path("", include("tenants.machines.iclock_urls"))]

handler400 = "kernel.web.errors.bad_request"
handler403 = "kernel.web.errors.permission_denied"
handler404 = "kernel.web.errors.not_found"
handler500 = "kernel.web.errors.server_error"
