"""What a slip's page shows of appeals: the link on each line, and the last day."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.date_words import day_words
from kernel.errors import DomainError
from kernel.permissions import user_may
from tenants.appeals.actions import refuse_closed
from tenants.appeals.models import Appeal
from tenants.appeals.permissions import FILE
from tenants.tpp.models import Slip
from tenants.tpp.slip_extras import LineAction, Note


def lines_to_object_to(slip: Slip, user: User) -> LineAction | None:
    """A link on each line of the own slip, as long as nobody is too late."""
    if slip.employee.user_id != user.pk or not user_may(user, FILE):
        return None
    try:
        last = refuse_closed(slip)
    except DomainError:
        return None
    note = (
        _("Ada baris yang keliru? Buka barisnya, lalu pilih Ajukan keberatan.")
        if last is None
        else _("Ada baris yang keliru? Buka barisnya, lalu pilih Ajukan keberatan, paling lambat %(last)s.")
        % {"last": day_words(last)}
    )
    urls = {line.order: reverse("appeals-new", args=[slip.uid, line.order]) for line in slip.lines.all()}
    return LineAction(_("Ajukan keberatan"), urls, note)


def appeals_on(slip: Slip, user: User) -> Iterator[Note]:
    """The person's appeals about the month, with their state."""
    if slip.employee.user_id != user.pk:
        return
    for appeal in Appeal.objects.filter(employee=slip.employee_id, month=slip.run.month, kind=slip.run.kind).order_by(
        "-id"
    )[:5]:
        yield Note(
            "ok" if appeal.state == Appeal.State.GRANTED else "wait" if appeal.is_open else "info",
            _("Keberatan: %(state)s") % {"state": appeal.get_state_display().lower()},
            appeal.line_label,
            reverse("appeals-appeal", args=[appeal.uid]),
            _("Lihat keberatan"),
        )
