"""Beginning and ending a visit at the region's host."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel.accounts.sessions import mark_session
from kernel.errors import NotAllowed
from kernel.guests import actions
from kernel.guests.middleware import VISIT
from kernel.guests.models import Guest, Visit
from kernel.permissions import user_may
from kernel.web import errors, navigation
from kernel.web.fallback import open_in_fallback


@open_in_fallback
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """The operator comes with the link from the console; whoever was signed in here in this browser is signed out."""
    visit = actions.enter(request.GET.get("kunci", ""))
    logout(request)
    request.session[VISIT] = str(visit.uid)
    mark_session(request.session)
    request.session.set_expiry(visit.ends_at)
    guest = actions.guest_of(visit)
    found = navigation.links("console", request, lambda name: user_may(guest, name))
    return HttpResponseRedirect(found[0].url if found else "/")


@open_in_fallback
@require_POST
def finish(request: HttpRequest) -> HttpResponse:
    """The operator has seen enough."""
    guest = request.user
    if not isinstance(guest, Guest):
        raise NotAllowed("guests.visit")
    actions.end_visit(uid=guest.visit.uid, end=Visit.End.OPERATOR, actor=actions.operator_of(guest.visit))
    request.session.flush()
    return errors.plain_page(
        request,
        status=200,
        title=_("Kunjungan diakhiri"),
        text=_("Wilayah melihat semua yang dibuka selama kunjungan ini."),
        home=False,
    )
