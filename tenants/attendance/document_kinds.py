"""Which documents a region knows: the codes of its rule set, with the rule set's own words."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from tenants.rules.engine import event_codes
from tenants.rules.loading import rules_on


def document_kinds(day: date) -> dict[str, str]:
    """Code and label of every document that the rule set in force on the day counts, in its order.

    A region without a rule set gets the four that every region has.
    """
    rules = rules_on(day)
    if rules is None:
        return {"S": _("Sakit"), "I": _("Izin"), "C": _("Cuti"), "TL": _("Tugas luar")}
    codes = event_codes(rules).values()
    return {code.code: code.label for code in codes if code.source == "absence" and code.trigger == "document"}
