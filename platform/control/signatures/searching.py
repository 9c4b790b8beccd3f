"""Looking for one signature in one region: its files, its free texts, its pages as they were scanned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from control.pages.models import Capture
from control.regions.models import Region
from control.signatures.marks import bears, is_host_of
from control.signatures.models import Signature
from kernel.files.models import StoredFile
from kernel.tenancy.context import control_scope, region_scope
from kernel.texts import gate
from kernel.texts.models import TextHold

MOST_KEPT: Final = 200
_AT_ONCE: Final = 2_000
_EXCERPT: Final = 200


@dataclass(frozen=True, slots=True)
class Trace:
    """A row that bears the mark."""

    place: str
    row: str
    excerpt: str


@dataclass(slots=True)
class Outcome:
    """What a search has seen: how many rows were compared, how many bear the mark, and the first of those."""

    compared: int = 0
    found: int = 0
    traces: tuple[Trace, ...] = ()

    def add(self, trace: Trace) -> None:
        """Count a hit and keep it while there is room."""
        self.found += 1
        if len(self.traces) < MOST_KEPT:
            self.traces = (*self.traces, trace)


def search_in(signature: Signature, region: Region) -> Outcome:
    """Look everywhere in this region that the kind of signature can stand."""
    outcome = Outcome()
    with region_scope(region.state()):
        if signature.kind == Signature.Kind.DIGEST:
            _files(signature, outcome)
        else:
            _texts(signature, outcome)
    with control_scope():
        _pages(signature, region, outcome)
    return outcome


def _files(signature: Signature, outcome: Outcome) -> None:
    """By the digest of what is kept, and of what was sent where that is known."""
    wanted = Q(sha256=signature.value) | Q(sent_sha256=signature.value)
    outcome.compared += StoredFile.objects.count()
    for stored in StoredFile.objects.filter(wanted).order_by("id")[:_AT_ONCE]:
        outcome.add(Trace("files.StoredFile", str(stored.uid), stored.name[:_EXCERPT]))


def _texts(signature: Signature, outcome: Outcome) -> None:
    for place in gate.places().values():
        if _is_of_regions(place.model):
            _column(signature, place.model, place.column, outcome)
    # What was held does not stand in its row; it waits here.
    _column(signature, TextHold, "text", outcome)
    if signature.kind == Signature.Kind.PHRASE:
        _column(signature, StoredFile, "name", outcome)


def _is_of_regions(model: type[models.Model]) -> bool:
    return model._meta.app_config.name in settings.TENANT_APPS


def _column(signature: Signature, model: type[models.Model], column: str, outcome: Outcome) -> None:
    """Walk through a column by key. Every row is read: a disguise cannot be looked for in SQL."""
    rows: models.QuerySet[Any] = model._base_manager.exclude(**{column: ""}).exclude(**{f"{column}__isnull": True})
    names = {field.name for field in model._meta.get_fields()}
    shown = "uid" if "uid" in names else "pk"
    after: Any = None
    while True:
        batch = rows if after is None else rows.filter(pk__gt=after)
        found = list(batch.order_by("pk").values_list("pk", shown, column)[:_AT_ONCE])
        for _key, name, text in found:
            if bears(signature.kind, signature.value, text):
                outcome.add(Trace(f"{model._meta.label}.{column}", str(name), text[:_EXCERPT]))
        outcome.compared += len(found)
        if len(found) < _AT_ONCE:
            return
        after = found[-1][0]


def _pages(signature: Signature, region: Region, outcome: Outcome) -> None:
    """What visitors of the region's names got, in the scans that are kept."""
    captures = Capture.objects.filter(scan__name__region=region).order_by("id")
    seen: set[str] = set()
    for capture in captures.only("url", "body_sha256", "outbound", "text", "hidden_text", "title").iterator(500):
        outcome.compared += 1
        if capture.url not in seen and _is_on(signature, capture):
            seen.add(capture.url)
            outcome.add(Trace("pages", capture.url, capture.title[:_EXCERPT]))


def _is_on(signature: Signature, capture: Capture) -> bool:
    if signature.kind == Signature.Kind.DIGEST:
        return bool(capture.body_sha256 == signature.value)
    if signature.kind == Signature.Kind.DOMAIN:
        return any(is_host_of(signature.value, host) for host in capture.outbound)
    return any(
        bears(signature.kind, signature.value, text)
        for text in (capture.title, capture.text, capture.hidden_text)
        if text
    )
