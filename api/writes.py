"""Writing through the API: every POST that creates or decides carries an Idempotency-Key and happens once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from typing_extensions import override

from kernel.accounts.access import person
from kernel.delivery.idempotency import Answer, answer_once
from kernel.errors import DomainError

LONGEST_KEY = 255

KEY_PARAMETER = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="A key of the client's own for this write, at most 255 characters. The same key with the same body is "
    "answered with the first answer; with another body it is refused (422).",
)


class KeyMissing(DomainError):
    """The header that makes a repeat harmless is missing or too long."""

    status = 400
    code = "idempotency_key_missing"

    @override
    def message(self) -> str:
        return _("Sertakan header Idempotency-Key, paling banyak 255 huruf, supaya kiriman ulang tidak tercatat ganda.")


def write_once(request: Request, work: Callable[[], tuple[int, Any]]) -> Response:
    """Do the work (which gives status and JSON body) once for the caller, this route and the request's key.

    A repeat carries `Idempotent-Replayed: true`. Raises KeyMissing, IdempotencyMismatch, IdempotencyInProgress.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key or len(key) > LONGEST_KEY:
        raise KeyMissing
    match = request.resolver_match
    answer = answer_once(
        actor_uid=person(request._request).uid,
        route=f"{request.method} {match.route if match else request.path}"[:200],
        key=key,
        # The address is part of what was asked: two objects behind one route are two requests.
        body=request.path.encode() + b"\n" + request._request.body,
        work=lambda: Answer(*work()),
    )
    response = Response(answer.body, status=answer.status)
    if answer.is_replay:
        response["Idempotent-Replayed"] = "true"
    return response
