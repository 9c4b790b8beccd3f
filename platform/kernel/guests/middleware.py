"""A guest's requests: who it is, what is refused, and the record of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kernel.guests.actions import guest_of
from kernel.guests.models import Visit, VisitedRequest
from kernel.tenancy.context import region_or_none
from kernel.watching import emit, names
from kernel.web import errors
from kernel.web.containment import SAFE_METHODS

GetResponse = Callable[[HttpRequest], HttpResponse]

# In the session of a guest, instead of a user's key.
VISIT: Final = "visit"
END_PATH: Final = "/tamu/selesai/"
FREE_PATHS: Final = frozenset({END_PATH, "/keluar/", "/tampilan/", "/csp-report/"})


class GuestMiddleware:
    """Makes the visit's guest the person of the request. A session of anybody else costs nothing here.

    Whatever the role may do, a guest only looks: forms are refused, and files do not leave the region. Goes behind
    authentication.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        uid = request.session.get(VISIT) if region_or_none() is not None else None
        if uid is None:
            return self.get_response(request)
        visit = Visit.objects.running().filter(uid=uid).first()
        if visit is None:
            request.session.flush()
            return errors.plain_page(
                request,
                status=403,
                title=_("Kunjungan sudah berakhir"),
                text=_("Waktunya habis, atau wilayah mengakhirinya. Tidak ada halaman yang terbuka lagi."),
                advice=_("Buka kunjungan baru dari konsol operator bila masih perlu."),
                home=False,
            )
        request.user = guest_of(visit)
        if request.method in SAFE_METHODS or request.path in FREE_PATHS:
            response = self._without_files(request, self.get_response(request))
        else:
            response = _only_looking(request)
        _note(visit, request, response)
        return response

    @staticmethod
    def _without_files(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        is_file = response.headers.get("Content-Disposition", "").startswith("attachment")
        leads_to_one = urlsplit(response.headers.get("Location", "")).hostname == settings.FILES_HOST
        if not is_file and not leads_to_one:
            return response
        page = _only_looking(request)
        page._resource_closers.extend(response._resource_closers)  # type: ignore[attr-defined]
        return page


def _only_looking(request: HttpRequest) -> HttpResponse:
    return errors.plain_page(
        request,
        status=403,
        title=_("Tamu hanya melihat"),
        text=_("Kunjungan operator tidak menyimpan apa pun dan tidak mengunduh berkas. Percobaan ini tercatat."),
        advice=_("Minta admin wilayah melakukannya."),
    )


def _note(visit: Visit, request: HttpRequest, response: HttpResponse) -> None:
    match = request.resolver_match
    values = () if match is None else (*match.args, *match.kwargs.values())
    subject = " ".join(str(value) for value in values if isinstance(value, UUID))
    VisitedRequest.objects.create(
        visit=visit,
        method=str(request.method)[:10],
        path=request.path[:300],
        status=response.status_code,
        subject=subject[:200],
    )
    emit(
        names.BREAKGLASS_REQUEST,
        subject=str(visit.uid),
        person=visit.operator_uid,
        method=str(request.method),
        status=response.status_code,
        about=subject[:200],
    )
