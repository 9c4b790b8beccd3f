"""Who calls: the region's own session cookie, with CSRF protection."""

from drf_spectacular.authentication import SessionScheme
from rest_framework.authentication import SessionAuthentication as DrfSessionAuthentication
from rest_framework.request import Request
from typing_extensions import override


class SessionAuthentication(DrfSessionAuthentication):
    """Like the framework's, but nobody signed in is 401, not 403 (RFC 9110)."""

    @override
    def authenticate_header(self, request: Request) -> str:
        return "Session"


class RegionSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """How the schema names it."""

    target_class = "api.authentication.SessionAuthentication"
    name = "session"
