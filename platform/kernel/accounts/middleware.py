"""Guards around the session: made for another region, too old, or with a password that must be changed first."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.epochs import is_over
from kernel.accounts.models import User
from kernel.accounts.sessions import BEGAN, SEEN, has_moved, instant, is_foreign, mark_session
from kernel.audit.security import report_foreign_object, report_foreign_session
from kernel.tenancy.context import is_control
from kernel.watching import emit, names
from kernel.web import errors

GetResponse = Callable[[HttpRequest], HttpResponse]

# Somebody who must change the password first may do this, leave, and change the look of the page.
PASSWORD_PATH = "/sandi/ganti/"  # noqa: S105
FREE_PATHS = frozenset({PASSWORD_PATH, "/keluar/", "/tampilan/", "/csp-report/", "/manifest.webmanifest"})
# A session's "last seen" is written this seldom, so that reading pages does not write.
SEEN_STEPS = 10


class ForeignSessionMiddleware:
    """A session cookie of another region is reported; SessionStore refuses it, so nobody is signed in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_foreign(request.COOKIES.get(settings.SESSION_COOKIE_NAME)):
            report_foreign_session(request)
        return self.get_response(request)


class SessionLimitsMiddleware:
    """Ends a session that was not used for too long, that is too old (SESSION_LIMITS: idle, absolute), that began
    before everybody or this person was signed out, or that came from elsewhere a moment ago (`has_moved`)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            idle, absolute = settings.SESSION_LIMITS[_kind_of(request.user)]
            moment = clock.now()
            began, seen = instant(request.session, BEGAN), instant(request.session, SEEN)
            if began is None or seen is None:
                mark_session(request.session)
            elif moment - seen > idle or moment - began > absolute or is_over(request.user, began):
                emit(names.SESSION_EXPIRED, person=request.user.uid)
                logout(request)
            elif has_moved(request.session, request):
                emit(names.SESSION_MOVED, person=request.user.uid)
                logout(request)
            elif moment - seen > idle / SEEN_STEPS:
                request.session[SEEN] = moment.isoformat()
        return self.get_response(request)


def _kind_of(user: User) -> str:
    if is_control():
        return "control"
    return "wide" if user.second_factor_due is not None else "region"


class MustChangePasswordMiddleware:
    """Somebody with a first-time password changes it before anything else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and user.must_change_password and request.path not in FREE_PATHS:
            if request.path.startswith("/api/"):
                return errors.plain_page(
                    request,
                    status=403,
                    title=_("Ganti kata sandi dahulu"),
                    text=_("Kata sandi sementara hanya berlaku untuk membuat kata sandi Anda sendiri."),
                )
            return HttpResponseRedirect(PASSWORD_PATH)
        return self.get_response(request)


class ForeignObjectMiddleware:
    """Reports a signed-in person's request for a uid that names nothing that they may see."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and isinstance(request.user, User) and request.resolver_match is not None:
            match = request.resolver_match
            uids = [value for value in (*match.args, *match.kwargs.values()) if isinstance(value, UUID)]
            if uids:
                report_foreign_object(request, actor=request.user, uid=uids[-1])
        return response
