"""Files that a page hands out to be kept. Middleware keeps every answer to a signed-in person out of caches."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"
_TYPES: Final = {".xlsx": XLSX, ".pdf": PDF}


def as_download(content: bytes, name: str) -> HttpResponse:
    """The file under this name; its ending, .xlsx or .pdf, says what it is."""
    response = HttpResponse(content, content_type=_TYPES[PurePath(name).suffix])
    response.headers["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    return response
