"""The second factor: who must have one and from when, whether the session has shown one, and asking for it again.

Roles say as data who must (`Role.second_factor_days` after the grant, not before `Role.second_factor_from`); everybody
may. What a session has shown stands in the session with the person's uid, so a request asks the database for nothing.
Source: security note 5; ASVS 5.0 V6.3.3 and V7.5.3.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.web import errors, htmx

P = ParamSpec("P")
GetResponse = Callable[[HttpRequest], HttpResponseBase]
R = TypeVar("R", bound=HttpResponseBase)

SHOWN: Final = "second_factor"
# Recovery codes stand in for one of these; alone they are none.
FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
HOME: Final = "/akun/keamanan/"
# What somebody may open who must first add a second factor, or show the one they have.
FREE: Final = (
    HOME,
    "/aktivasi/",
    "/akun/nonaktif/",
    "/masuk/",
    "/keluar/",
    "/sandi/",
    "/tampilan/",
    "/csp-report/",
    "/manifest.",
)


def note_shown(session: SessionBase, user: User) -> None:
    """Write down that this person has shown a second factor now."""
    session[SHOWN] = {"uid": str(user.uid), "at": clock.now().isoformat()}


def last_shown(session: SessionBase, user: User) -> datetime | None:
    """When this person last showed a second factor in this session; None: never. Another person's does not count."""
    noted = session.get(SHOWN)
    if not isinstance(noted, dict) or noted.get("uid") != str(user.uid):
        return None
    return datetime.fromisoformat(noted["at"])


def has_factor(user: User) -> bool:
    """Whether the person has a code app or a passkey (one query)."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists())


def must_have_factor(user: User) -> bool:
    """Whether a role of theirs requires a second factor by now."""
    return user.second_factor_due is not None and user.second_factor_due <= clock.now()


class SecondFactorMiddleware:
    """Whose role requires a second factor adds one before anything else, or shows the one that they have."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if (
            isinstance(user, User)
            and not request.path.startswith(FREE)
            and must_have_factor(user)
            and last_shown(request.session, user) is None
        ):
            if request.path.startswith("/api/"):
                return errors.plain_page(
                    request,
                    status=403,
                    title=_("Pasang faktor kedua dahulu"),
                    text=_("Peran Anda wajib memakai faktor kedua. Pasang di halaman Keamanan akun, lalu coba lagi."),
                )
            return _ask(request, user) if has_factor(user) else HttpResponseRedirect(HOME)
        return self.get_response(request)


def fresh_second_factor(
    minutes: int = 10,
) -> Callable[[Callable[Concatenate[HttpRequest, P], R]], Callable[Concatenate[HttpRequest, P], Any]]:
    """Decorator of a view, under `page(...)`: who has a second factor has shown it within these minutes.

    Otherwise the view does not run; the person is asked for the code or the passkey and comes back to the page, after
    a form to the page that holds it. Who has no second factor passes: the roles for which this is used require one,
    and until the day from which they do nobody is kept from their work.
    """

    def decorate(view: Callable[Concatenate[HttpRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], Any]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> Any:
            user = person(request)
            shown = last_shown(request.session, user)
            is_fresh = shown is not None and clock.now() - shown <= timedelta(minutes=minutes)
            if is_fresh or not has_factor(user):
                return view(request, *args, **kwargs)
            return _ask(request, user)

        return checked

    return decorate


def _ask(request: HttpRequest, user: User) -> HttpResponse:
    """To the page that asks for the factor, with the way back."""
    is_reading = request.method in ("GET", "HEAD")
    if not is_reading:
        messages.info(request, _("Belum ada yang berubah. Buktikan dahulu bahwa ini Anda, lalu ulangi tindakannya."))
    back = request.get_full_path() if is_reading else htmx.page_of_form(request)
    has_app = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()
    name = "mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn"
    return htmx.go(request, f"{reverse(name)}?{urlencode({'next': back})}")
