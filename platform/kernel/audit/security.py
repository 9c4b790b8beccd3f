"""Security events of a request, written where they happened: the log and the audit trail of that side."""

import structlog
from django.http import HttpRequest

from kernel.accounts.actors import System
from kernel.audit.record import declare_action, record

log = structlog.get_logger(__name__)

FOREIGN_SESSION = declare_action("security.foreign_session", "Sesi wilayah lain ditolak")
FOREIGN_OBJECT = declare_action("security.foreign_object", "Alamat yang tidak dikenal diminta")


def report_foreign_session(request: HttpRequest) -> None:
    """A session cookie made for another region was presented. The cookie itself is not stored."""
    log.warning("foreign_session", path=request.path, method=request.method)
    record(FOREIGN_SESSION, actor=System("request"), note=f"{request.method} {request.path}"[:300])
