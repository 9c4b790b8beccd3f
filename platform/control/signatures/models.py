"""Signatures of attacks, where each was searched for and when, and what was found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed


class Signature(Addressed):
    """A mark by which an attack is known again. `value` is what is compared, `shown` what an operator wrote."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Teks yang sama, juga bila disamarkan")
        PHRASE = "phrase", _("Frasa di dalam teks")
        DIGEST = "digest", _("Berkas (SHA-256)")
        DOMAIN = "domain", _("Situs asing")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=300)
    shown = models.CharField(max_length=1000)
    reason = models.CharField(max_length=300)
    # Where it was confirmed, and the incident that it comes from.
    region = models.ForeignKey("regions.Region", null=True, on_delete=models.PROTECT, related_name="+")
    incident = models.UUIDField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=200)
    confirmed_at = models.DateTimeField(default=clock.now)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"], condition=models.Q(withdrawn_at__isnull=True), name="signature_stands_once"
            ),
        ]
        indexes = [models.Index(fields=["incident"], name="signature_by_incident")]
        ordering: ClassVar[list[str]] = ["-confirmed_at", "-id"]

    @override
    def __str__(self) -> str:
        return self.shown[:80]


class Search(Addressed):
    """One signature in one region: the ledger."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Menunggu")
        RUNNING = "running", _("Berjalan")
        DONE = "done", _("Selesai")
        FAILED = "failed", _("Gagal")

    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="searches")
    region = models.ForeignKey("regions.Region", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.IntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Rows that were compared, and how many hits there are (not all are kept).
    compared = models.IntegerField(default=0)
    found = models.IntegerField(default=0)
    failure = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["signature", "region"], name="signature_search_once")]
        indexes = [
            models.Index(
                fields=["started_at"],
                name="signature_search_open",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.signature_id} {self.region_id}"


class Hit(Addressed):
    """One row that bears the signature. The row itself stays in its region; here is where it stands."""

    search = models.ForeignKey(Search, on_delete=models.CASCADE, related_name="hits")
    # `app.Model.column` of a text, `files.StoredFile`, or `pages` for a page that was scanned.
    place = models.CharField(max_length=120)
    row = models.CharField(max_length=2000)
    excerpt = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["search"], name="signature_hit_by_search")]
        ordering: ClassVar[list[str]] = ["id"]

    @override
    def __str__(self) -> str:
        return f"{self.place} {self.row}"
