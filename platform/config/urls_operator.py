"""The operators' host."""

from django.urls import include, path

urlpatterns = [
    path("", include("kernel.accounts.urls")),
    path("", include("kernel.web.urls")),
]

handler400 = "kernel.web.errors.bad_request"
handler403 = "kernel.web.errors.permission_denied"
handler404 = "kernel.web.errors.not_found"
handler500 = "kernel.web.errors.server_error"
