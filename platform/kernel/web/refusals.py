"""A domain error that reaches the boundary becomes a page or a problem document with the same status and words."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kernel.errors import DomainError, NotAllowed, NotFound, Overloaded
from kernel.tenancy.errors import RegionNotLive, RegionReadOnly
from kernel.watching import emit, names
from kernel.web import errors

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger(__name__)


class DomainErrors:
    """Turns DomainError into its page; a breach of tenancy and every other exception go on to Django's 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError) or exception.status == 500:
            return None
        log.info("refused", code=exception.code, path=request.path)
        if isinstance(exception, NotAllowed):
            emit(names.AUTHZ_FAIL, permission=str(exception), path=request.path)
            return errors.permission_denied(request)
        if isinstance(exception, NotFound):
            return errors.not_found(request)
        if isinstance(exception, Overloaded):
            return errors.unavailable(request, retry_after=exception.retry_after)
        if isinstance(exception, RegionReadOnly):
            return errors.read_only(request)
        if isinstance(exception, RegionNotLive):
            return errors.suspended(request)
        return errors.plain_page(
            request, status=exception.status, title=_("Tidak dapat dilakukan"), text=exception.message()
        )
