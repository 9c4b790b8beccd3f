"""`/livez` and `/readyz`, answered before any host, region or session is looked at."""

import time
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from kernel.tenancy.context import control_scope

GetResponse = Callable[[HttpRequest], HttpResponse]
_READY_SECONDS = 2.0
_ready: tuple[float, bool] = (0.0, False)


class HealthMiddleware:
    """Liveness says that the process answers; readiness that PostgreSQL does. Neither depends on Redis."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/livez":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            ready = database_answers()
            return JsonResponse({"status": "ok" if ready else "database"}, status=200 if ready else 503)
        return self.get_response(request)


def database_answers() -> bool:
    """Whether the registry can be read, asked at most every two seconds."""
    global _ready
    asked_at, answer = _ready
    if time.monotonic() - asked_at < _READY_SECONDS:
        return answer
    try:
        with control_scope(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM regions_region LIMIT 1")
        answer = True
    except Exception:
        answer = False
    finally:
        connection.close()
    _ready = (time.monotonic(), answer)
    return answer
