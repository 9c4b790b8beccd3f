"""How fast passwords and codes may be tried: by account and by the share of failures, never by an address alone.

* After each wrong password of an account the next one waits 1, 2, 4 ... up to 60 seconds; what is tried meanwhile is
  not looked at. Nobody is locked: log-in names are half public, and a hard lock would be a weapon against payroll day.
* A source (address and browser together) from which 20 and more accounts fail within ten minutes, and more than 60 %
  of what it tries, is refused until the ten minutes are over. An office behind one address fails less often than that.
* A device on which the person has signed in before has a count of its own: strangers who try the name do not slow it
  down, and it is not refused with its neighbours.
* Passkeys are asked nothing here. Activation codes have counts of their own, by the same rules.

Known and unknown names are counted alike. The counts live in the cache; when it is away nothing is refused, and the
bound on hashes at once (kernel.accounts.hashers) remains. Source: security note 5.2; ASVS 5.0 V6.3.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Final

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import get_random_string, salted_hmac

from kernel import clock, origin
from kernel.accounts.models import User
from kernel.tenancy.context import scope_label
from kernel.watching import Severity, emit, names

GetResponse = Callable[[HttpRequest], HttpResponseBase]

LONGEST_WAIT: Final = 60
# So long a try holds the place of its account, unless it says before that it is done.
LONGEST_TRY: Final = 5
FORGOTTEN_AFTER: Final = 3600
WINDOW: Final = 600
SPRAYED_ACCOUNTS: Final = 20
SPRAYED_PERCENT: Final = 60
DEVICE_DAYS: Final = 90
# Several people may share a computer; the oldest is forgotten first.
MOST_ON_A_DEVICE: Final = 5
# What is tried, as it stands in the keys of the cache.
SIGNING_IN: Final = "tried"
ACTIVATING: Final = "tried-code"
_SALT: Final = "kd.accounts.device"
_ASKED: Final = "_kd_known_device"


class TooSoon(Exception):
    """Not now; `wait` says in how many seconds."""

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__(wait)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a password, or of another secret (`what`), for a log-in name, whether or not it exists."""

    account: str
    source: str
    is_known_device: bool
    device: str
    what: str = SIGNING_IN

    @classmethod
    def of(cls, request: HttpRequest, login: str, what: str = SIGNING_IN) -> Attempt:
        account = account_print(login)
        device, accounts = _device(request)
        source = f"{origin.address_of(request)} {request.headers.get('User-Agent', '')}"
        return cls(account, _print("source", source), account in accounts, device, what)

    @property
    def _count(self) -> str:
        return f"{self.what}:{self.account}:{self.device if self.is_known_device else ''}"

    @property
    def _gate(self) -> str:
        return f"{self._count}:gate"

    @property
    def _window(self) -> str:
        return f"tried-from:{self.source}:{int(clock.now().timestamp()) // WINDOW}"

    def begin(self) -> None:
        """Raises TooSoon. Two tries of one account do not run at once."""
        now = clock.now().timestamp()
        if not self.is_known_device and self._is_spray():
            emit(names.AUTHN_LOGIN_FAIL_MAX, severity=Severity.HIGH, subject=self.source, why="spray")
            raise TooSoon(WINDOW - int(now) % WINDOW)
        until = cache.get(self._gate)
        if until is not None and until > now:
            raise TooSoon(ceil(until - now))
        if until is not None:
            cache.delete(self._gate)
        if not cache.add(self._gate, now + LONGEST_TRY, timeout=2 * LONGEST_TRY):
            raise TooSoon(1)
        _raise_count(f"{self._window}:all", WINDOW)

    def given_up(self) -> None:
        """It was not decided: there was no place for a hash, or the new password was refused."""
        cache.delete(self._gate)

    def failed(self) -> None:
        """It was wrong, or nobody has this name."""
        failures = _raise_count(self._count, FORGOTTEN_AFTER)
        wait = min(2 ** (failures - 1), LONGEST_WAIT)
        cache.set(self._gate, clock.now().timestamp() + wait, timeout=wait + LONGEST_TRY)
        if wait == LONGEST_WAIT:
            emit(names.AUTHN_LOGIN_FAIL_MAX, subject=self.account, why="delay", failures=failures)
        _raise_count(f"{self._window}:failed", WINDOW)
        if cache.add(f"{self._window}:of:{self.account}", 1, timeout=WINDOW):
            _raise_count(f"{self._window}:accounts", WINDOW)

    def succeeded(self) -> None:
        """The person is in; what went wrong before is forgotten."""
        cache.delete_many([self._count, self._gate])

    def _is_spray(self) -> bool:
        keys = [f"{self._window}:{name}" for name in ("accounts", "failed", "all")]
        counts = cache.get_many(keys)
        accounts, failed, tried = (int(counts.get(key, 0)) for key in keys)
        return accounts >= SPRAYED_ACCOUNTS and failed * 100 > tried * SPRAYED_PERCENT


def account_print(login: str) -> str:
    """What stands for a log-in name in the cache and in the cookie: nobody reads the name from it."""
    return _print("account", login.strip().lower())


def _print(purpose: str, text: str) -> str:
    return salted_hmac(f"kd.throttle.{purpose}", f"{scope_label()} {text}", algorithm="sha256").hexdigest()[:24]


def _raise_count(key: str, seconds: int) -> int:
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key)
    except ValueError:
        # The cache is away, or forgot it between the two.
        return 1


# Devices on which somebody signed in


def remember_device(request: HttpRequest, user: User) -> None:
    """Let the answer to this request carry that this person has signed in on this device."""
    device, accounts = _device(request)
    own = account_print(user.login)
    others = [one for one in accounts if one != own][-(MOST_ON_A_DEVICE - 1) :]
    setattr(request, _ASKED, [device or get_random_string(16), *others, own])


class KnownDeviceMiddleware:
    """Writes the cookie that `remember_device` asked for. Of this host alone, out of reach of scripts."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        known = getattr(request, _ASKED, None)
        if known is not None:
            response.set_cookie(
                settings.KNOWN_DEVICE_COOKIE_NAME,
                signing.dumps(known, salt=_SALT),
                max_age=DEVICE_DAYS * 86400,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _device(request: HttpRequest) -> tuple[str, list[str]]:
    """The name of the device and the accounts known on it; "" and none when it has no cookie of ours."""
    text = request.COOKIES.get(settings.KNOWN_DEVICE_COOKIE_NAME, "")
    try:
        device, *accounts = signing.loads(text, salt=_SALT, max_age=DEVICE_DAYS * 86400)
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return device, accounts
