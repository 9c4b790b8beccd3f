"""Guards around the session: made for another region, or with a password that must be changed first."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from kernel.accounts.sessions import is_foreign

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger(__name__)

PASSWORD_PATHS = ("/sandi/", "/keluar/", "/api/")


class ForeignSessionMiddleware:
    """A session cookie of another region is reported; SessionStore has refused it already, so nobody is signed in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        presented = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if is_foreign(presented):
            from kernel.audit.security import report_foreign_session

            report_foreign_session(request)
        return self.get_response(request)


class MustChangePasswordMiddleware:
    """Somebody with a first-time password changes it before anything else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            user.is_authenticated
            and user.must_change_password
            and not request.path.startswith(PASSWORD_PATHS)
            and request.method in ("GET", "HEAD")
        ):
            return HttpResponseRedirect("/sandi/ganti/")
        return self.get_response(request)
