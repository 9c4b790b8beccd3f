"""The pages of the records that kept texts were written in."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.urls import resolve, reverse

from kernel.accounts.models import User
from kernel.permissions import user_may
from kernel.texts import gate, rows
from kernel.texts.models import TextHold
from kernel.texts.modes import Page


def address_of(held: TextHold, user: User) -> str:
    """Where a reviewer sees the record of one text; "" where there is no such page, or not for them.

    A record that was not in hand when the text was written is found by what stands in it.
    """
    place = gate.places().get(held.place)
    if not held.record and place is not None and place.page is not None:
        if held.is_open:
            found = rows.standing(place, held.placeholder or held.text)
        else:
            found = place.model._base_manager.filter(pk__in=held.rows)
        held.record = str(found.values_list(rows.key_of(place.model), flat=True).first() or "")
    return addresses_of([held], user).get(held.pk, "")


def addresses_of(kept: Iterable[TextHold], user: User, *, is_own: bool = False) -> dict[int, str]:
    """Where the person sees the records of these texts, by the texts' keys. One query for each kind of record.

    Only pages that they may open, and of records that are still there. `is_own`: as who wrote them.
    """
    by_model: dict[type[models.Model], tuple[Page, list[TextHold]]] = {}
    for held in kept:
        place = gate.places().get(held.place)
        if held.record and place is not None and place.page is not None:
            by_model.setdefault(place.model, (place.page, []))[1].append(held)
    found: dict[int, str] = {}
    for model, (page, texts) in by_model.items():
        name = (is_own and page.own) or page.official
        if not name or not (is_own or not page.needs or user_may(user, page.needs)):
            continue
        uids = _uids(model, page, {held.record for held in texts}, is_own)
        for held in texts:
            if held.record in uids:
                address = reverse(name, args=[uids[held.record]] if page.key else [])
                if may_open(address, user):
                    found[held.pk] = address
    return found


def may_open(address: str, user: User) -> bool:
    """Whether the person holds the permission that the page asks for."""
    permission = getattr(resolve(address).func, "permission", "")
    return not permission or user_may(user, permission)


def _uids(model: type[models.Model], page: Page, records: set[str], is_own: bool) -> dict[str, object]:
    key = rows.key_of(model)
    wanted = model._base_manager.filter(**{f"{key}__in": records})
    if page.private and not is_own:
        wanted = wanted.exclude(**page.private)
    return {str(record): uid for record, uid in wanted.values_list(key, page.key or key)}
