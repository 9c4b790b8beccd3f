"""Names that are watched, what each scan of them found, and what each visitor got."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed

if TYPE_CHECKING:
    from django.utils.functional import Promise


class WatchedName(Addressed):
    """A public name of a region: one by which the platform serves it, or one of the government's own that it proved."""

    class Kind(models.TextChoices):
        PLATFORM = "platform", _("Alamat platform")
        OWN = "own", _("Situs pemerintah daerah")

    class State(models.TextChoices):
        WAITING = "waiting", _("Menunggu bukti")
        PROVED = "proved", _("Dipantau")
        STOPPED = "stopped", _("Tidak dipantau")

    class Proof(models.TextChoices):
        TXT = "txt", _("catatan TXT")
        FILE = "file", _("berkas di situs")
        REGISTRY = "registry", _("terdaftar di platform")

    region = models.ForeignKey("regions.Region", on_delete=models.CASCADE, related_name="watched_names")
    name = models.CharField(max_length=253)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    token = models.CharField(max_length=40)
    proof = models.CharField(max_length=10, choices=Proof.choices, blank=True)
    proved_at = models.DateTimeField(null=True)
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField(default=clock.now)
    stopped_at = models.DateTimeField(null=True)
    # When the next scan is due, when one was handed to the workers, and since when it is running; a scan that died
    # leaves the latter two behind.
    next_scan_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    scanning_since = models.DateTimeField(null=True)
    hourly_until = models.DateTimeField(null=True)
    # Since when a finding stands that a second scan confirmed.
    alarm_since = models.DateTimeField(null=True)
    alarm_verdict = models.CharField(max_length=12, blank=True)
    # What was known at the last scan, to see what is new.
    dns = models.JSONField(default=dict)
    sitemap_size = models.IntegerField(null=True)
    verifications = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "name"], name="watched_name_once")]
        indexes = [
            models.Index(fields=["next_scan_at"], name="watched_name_due", condition=models.Q(state="proved")),
        ]
        ordering: ClassVar[list[str]] = ["region__code", "name"]

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def txt_value(self) -> str:
        """The TXT record that proves the name."""
        return f"kinerja-verifikasi={self.token}"

    @property
    def file_path(self) -> str:
        """Where the file with the token lies that proves the name."""
        return f"/.well-known/kinerja-{self.token}.txt"


class Scan(Addressed):
    """One look at a name. Reasons are `visitor:code`; notes are what else was new, in words of `pages.notes`."""

    class Verdict(models.TextChoices):
        CLOAKED = "cloaked", _("Menipu mesin pencari")
        INJECTED = "injected", _("Disusupi")
        DEFACED = "defaced", _("Diubah penyerang")
        UNREACHABLE = "unreachable", _("Tidak dapat dibuka")
        CLEAN = "clean", _("Bersih")

    BAD: ClassVar = [Verdict.CLOAKED, Verdict.INJECTED, Verdict.DEFACED]

    name = models.ForeignKey(WatchedName, on_delete=models.CASCADE, related_name="scans")
    at = models.DateTimeField(default=clock.now)
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    score = models.FloatField(default=0)
    url = models.CharField(max_length=2000)
    reasons = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    dns_changes = models.JSONField(default=list)
    pages = models.IntegerField(default=0)
    seconds = models.FloatField(default=0)
    # The first look at something bad is a suspicion; one ten minutes later makes it a finding.
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["name", "-at"], name="page_scan_by_name")]
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    @override
    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_bad(self) -> bool:
        """Whether somebody did something to the site."""
        return self.verdict in self.BAD


class Capture(Addressed):
    """What one visitor got of one page: kept as evidence, never shown as a page."""

    scan = models.ForeignKey(Scan, on_delete=models.CASCADE, related_name="captures")
    visitor = models.CharField(max_length=1)
    url = models.CharField(max_length=2000)
    fetched_at = models.DateTimeField(default=clock.now)
    verdict = models.CharField(max_length=12, choices=Scan.Verdict.choices)
    status = models.IntegerField(default=0)
    failure = models.CharField(max_length=20, blank=True)
    final_url = models.CharField(max_length=2000, blank=True)
    hops = models.JSONField(default=list)
    headers = models.JSONField(default=list)
    title = models.CharField(max_length=500, blank=True)
    canonical = models.CharField(max_length=2000, blank=True)
    amphtml = models.CharField(max_length=2000, blank=True)
    robots = models.CharField(max_length=200, blank=True)
    outbound = models.JSONField(default=list)
    text = models.TextField(blank=True)
    hidden_text = models.TextField(blank=True)
    findings = models.JSONField(default=list)
    score = models.FloatField(default=0)
    # How like the person's page this one was, 0 to 1; none for the person's own.
    likeness = models.FloatField(null=True)
    body_sha256 = models.CharField(max_length=64, blank=True)
    # StoredFile stands in the regions too, where there is no capture to look for when one of its rows goes.
    body = models.ForeignKey("files.StoredFile", null=True, on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["scan", "url", "visitor"], name="page_capture_by_scan")]
        ordering: ClassVar[list[str]] = ["id"]

    @override
    def __str__(self) -> str:
        return f"{self.visitor} {self.url}"

    @property
    def visitor_label(self) -> str | Promise:
        """Who visited, in words."""
        from control.pages.visitors import VISITORS

        return next(visitor.label for visitor in VISITORS if visitor.code == self.visitor)

    @property
    def seen(self) -> list[dict[str, Any]]:
        """The findings, as a page lists them."""
        from control.pages.words import finding_words

        return [
            {"code": code, "words": finding_words(code), "seen": seen, "weight": weight}
            for code, seen, weight in self.findings
        ]
