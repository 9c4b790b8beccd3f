"""What a slip says of national tables that nobody of the region stands for: a practised one, or one computed before a
confirmation was taken back."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from tenants.rules.confirming import unconfirmed_in
from tenants.rules.loading import loaded
from tenants.tpp.models import Slip
from tenants.tpp.slip_extras import Note


def unconfirmed_tables(slip: Slip, user: User) -> list[Note]:
    """One note for each such table."""
    return [
        Note(
            "wait",
            _("Tabel belum dikonfirmasi"),
            _("Slip ini memakai “%(table)s”, yang belum dikonfirmasi daerah ini.") % {"table": table.label},
            reverse("rules-table", args=[table.reference]),
            _("Lihat tabel"),
        )
        for table in unconfirmed_in(loaded(slip.run.rule_set))
    ]
