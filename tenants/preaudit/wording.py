"""Putting what a check found into words, and naming the page on which it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.date_words import day_words
from kernel.web.templatetags.kd import rupiah
from tenants.preaudit.checks import Check, Fact, Mend, check_of
from tenants.preaudit.models import Hit


def words_of(check: Check, facts: Mapping[str, Fact]) -> str:
    """The check's sentence with its facts."""
    return str(check.words) % {name: _shown(fact) for name, fact in facts.items()}


def _shown(fact: Fact) -> str:
    if isinstance(fact, dict):
        if "rupiah" in fact:
            return str(rupiah(Decimal(fact["rupiah"])))
        return day_words(date.fromisoformat(fact["day"]))
    return str(fact)


def title_of(hit: Hit) -> str:
    """What the check is called; its code when there is no such check any more."""
    check = check_of(hit.check_code)
    return hit.check_code if check is None else str(check.title)


def text_of(hit: Hit) -> str:
    """What was found about the person, in one sentence."""
    check = check_of(hit.check_code)
    return "" if check is None else words_of(check, hit.facts)


def mending(hit: Hit) -> dict[str, Any]:
    """{url, text} of the page on which the person in charge mends it; {} without one."""
    check = check_of(hit.check_code)
    if check is None:
        return {}
    person = hit.employee.uid
    match check.mend:
        case Mend.SLIP | Mend.RUN if hit.slip is not None:
            return {"url": reverse("tpp-slip", args=[hit.slip.uid]), "text": _("Buka slip")}
        case Mend.ATTENDANCE:
            url = reverse("attendance-person", args=[person])
            return {"url": f"{url}?bulan={hit.month:%Y-%m}", "text": _("Buka kehadiran")}
        case Mend.ACCOUNT:
            return {"url": reverse("employees-accounts-person", args=[person]), "text": _("Buka rekening")}
    return {"url": reverse("employees-employee", args=[person]), "text": _("Buka data pegawai")}
