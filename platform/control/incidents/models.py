"""An incident and what belongs to it. Timeline and custody are append-only, held by triggers (migration 0002).

Keys to users and files say DO_NOTHING: those tables stand in every region too, and Django would look there for
incidents before it removes a row. On the operators' side the database's own constraint refuses.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.permissions import REGION_ROLES


class Severity(models.IntegerChoices):
    """How bad it is, in five levels; `code` is the word that events and detections use."""

    INFORMATIONAL = 0, "Informasi"
    LOW = 1, "Rendah"
    MEDIUM = 2, "Sedang"
    HIGH = 3, "Tinggi"
    CRITICAL = 4, "Kritis"

    @property
    def code(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, code: str) -> Severity:
        """The level with this word. Raises KeyError."""
        return cls[str(code).upper()]


class Kind(models.TextChoices):
    """What kind of incident: it decides which tasks there are."""

    JUDOL_TEXT = "judol_text", "Teks judi daring"
    JUDOL_PAGE = "judol_page", "Halaman judi daring"
    MALICIOUS_UPLOAD = "malicious_upload", "Unggahan berbahaya"
    ACCOUNT_TAKEOVER = "account_takeover", "Pengambilalihan akun"
    DATA_LEAK = "data_leak", "Kebocoran data"
    DRIFT = "drift", "Perubahan berkas atau DNS"
    OUTAGE = "outage", "Gangguan layanan"
    AUDIT_BREAK = "audit_break", "Jejak audit rusak"
    OTHER = "other", "Lainnya"


class IncidentNumber(models.Model):
    """The last number given in a year. The row is locked until the transaction ends, so numbers have no gaps."""

    year = models.SmallIntegerField(primary_key=True)
    last = models.IntegerField()

    @override
    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Incident(Addressed):
    """Something that happened to one region, to several, or to the platform itself (`region` is null)."""

    class State(models.TextChoices):
        NEW = "new", "Baru"
        HANDLING = "handling", "Ditangani"
        CONTAINED = "contained", "Terkendali"
        RECOVERED = "recovered", "Dipulihkan"
        CLOSED = "closed", "Ditutup"

    class Outcome(models.TextChoices):
        REAL = "real", "Insiden benar terjadi"
        FALSE_ALARM = "false_alarm", "Alarm palsu"
        MERGED = "merged", "Digabungkan"

    number = models.CharField(max_length=20, unique=True, db_index=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    severity = models.SmallIntegerField(choices=Severity.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    # The region and the grouping key by which further events join.
    region = models.ForeignKey("regions.Region", null=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120, blank=True)
    regions = models.ManyToManyField("regions.Region", related_name="incidents")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, related_name="+")
    # Personal data were revealed: since when we know, null while we do not.
    breach_known_at = models.DateTimeField(null=True)
    # What the reports say beside the timeline.
    impact = models.TextField(blank=True)
    cause = models.TextField(blank=True)
    recovery = models.TextField(blank=True)
    revealed_data = models.TextField(blank=True)
    affected_people = models.IntegerField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    detected_at = models.DateTimeField()
    opened_at = models.DateTimeField(default=clock.now)
    acknowledged_at = models.DateTimeField(null=True)
    contained_at = models.DateTimeField(null=True)
    recovered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    # Grows with each change that a region is told of.
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "key"],
                condition=~models.Q(state="closed") & ~models.Q(key=""),
                name="incident_open_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(severity__gte=0, severity__lte=4), name="incident_severity_level"
            ),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False)
                | (~models.Q(state="closed") & models.Q(closed_at__isnull=True)),
                name="incident_closed_with_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "-severity", "-id"], name="incident_queue")]

    @override
    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state != self.State.CLOSED


# Of whom in a region something may be asked: roles for the whole region, not those of an employee's own matters.
ASKABLE: Final = {code: name for code, name in REGION_ROLES.items() if code not in ("asn", "atasan")}


class TaskTemplate(models.Model):
    """A task that an incident of this kind gets when it opens; kind "" is for every incident."""

    kind = models.CharField(max_length=20, choices=Kind.choices, blank=True)
    order = models.SmallIntegerField()
    title = models.CharField(max_length=200)
    instruction = models.TextField(blank=True)
    # Minutes after opening.
    due_minutes = models.IntegerField()
    # The role in the region of which it is asked; "" for the desk's own.
    asked_of = models.CharField(max_length=40, blank=True)
    # What was learnt: the incident is not closed without it.
    is_lessons = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "order", "id"]

    @override
    def __str__(self) -> str:
        return self.title

    @property
    def asked_of_name(self) -> str:
        """The words for the role of which it is asked; "" for the desk's own."""
        return ASKABLE.get(self.asked_of, self.asked_of)


class Task(Addressed):
    """Something to do about an incident."""

    class State(models.TextChoices):
        OPEN = "open", "Belum"
        DOING = "doing", "Dikerjakan"
        DONE = "done", "Selesai"
        DROPPED = "dropped", "Tidak perlu"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="tasks")
    title = models.CharField(max_length=200)
    instruction = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, related_name="+")
    asked_of = models.CharField(max_length=40, blank=True)
    is_lessons = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    @override
    def __str__(self) -> str:
        return self.title

    @property
    def is_settled(self) -> bool:
        return self.state in (self.State.DONE, self.State.DROPPED)

    @property
    def asked_of_name(self) -> str:
        """The words for the role of which it is asked; "" for the desk's own."""
        return ASKABLE.get(self.asked_of, self.asked_of)


class TimelineEntry(Addressed):
    """What happened at an instant, as one source says it. Append-only."""

    class Origin(models.TextChoices):
        DETECTION = "detection", "Deteksi"
        OPERATOR = "operator", "Operator"
        CONTAINMENT = "containment", "Pengendalian"
        NOTICE = "notice", "Pemberitahuan"
        EVIDENCE = "evidence", "Bukti"
        TASK = "task", "Tugas"
        STATE = "state", "Keadaan"
        PACK = "pack", "Paket"
        REGION = "region", "Wilayah"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="entries")
    # When it happened, and when it was written down.
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.now)
    origin = models.CharField(max_length=12, choices=Origin.choices)
    text = models.TextField()
    is_key = models.BooleanField(default=False)
    actor_name = models.CharField(max_length=200)
    # What makes a repeated message one entry ("" for what people write).
    source = models.CharField(max_length=200, blank=True)
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="log")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=~models.Q(source=""), name="timeline_source_once"),
        ]
        indexes = [models.Index(fields=["incident", "at", "id"], name="timeline_in_order")]

    @override
    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.text[:80]}"


class KeyMark(models.Model):
    """An entry that somebody flagged later as a key event, or a flag taken back: the entry itself never changes."""

    entry = models.OneToOneField(TimelineEntry, on_delete=models.PROTECT, related_name="mark")
    is_key = models.BooleanField()

    @override
    def __str__(self) -> str:
        return f"{self.entry_id}: {self.is_key}"


class Observable(models.Model):
    """Something by which two incidents can be linked."""

    class Kind(models.TextChoices):
        ADDRESS = "address", "Alamat IP"
        NETWORK = "network", "Jaringan"
        DIGEST = "digest", "Sidik SHA-256"
        DOMAIN = "domain", "Nama domain"
        ACCOUNT = "account", "Akun (uid)"
        PRINT = "print", "Sidik teks"
        URL = "url", "Alamat halaman"
        SCAN = "scan", "Pemindaian halaman"

    id = models.BigAutoField(primary_key=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="observables")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=300)
    first_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "kind", "value"], name="observable_once"),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="observable_by_value")]

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Evidence(Addressed):
    """A file that proves something, with its digest from the moment it was attached."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="evidence")
    name = models.CharField(max_length=200)
    what = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    file = models.ForeignKey("files.StoredFile", on_delete=models.DO_NOTHING, related_name="+")
    collected_at = models.DateTimeField()
    collector = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    @override
    def __str__(self) -> str:
        return self.name


class Custody(models.Model):
    """Who held a piece of evidence, or a pack, and when. Append-only."""

    class Deed(models.TextChoices):
        ATTACHED = "attached", "Dilampirkan"
        DOWNLOADED = "downloaded", "Diunduh"
        REFUSED = "refused", "Ditolak: sidik berbeda"

    id = models.BigAutoField(primary_key=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="custody")
    evidence = models.ForeignKey(Evidence, null=True, on_delete=models.PROTECT, related_name="custody")
    pack = models.ForeignKey("Pack", null=True, on_delete=models.PROTECT, related_name="custody")
    at = models.DateTimeField(default=clock.now)
    deed = models.CharField(max_length=10, choices=Deed.choices)
    actor_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    @override
    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.deed} {self.actor_name}"


class LegalClock(models.Model):
    """A duty to tell somebody within some hours, as one version of it says. A version is never edited; a newer follows.

    Sources: Peraturan BSSN 1/2024 article 15, UU 27/2022 article 46 (security note, 4.3).
    """

    class Starts(models.TextChoices):
        DETECTED = "detected", "Sejak insiden ditemukan"
        BREACH = "breach", "Sejak diketahui data pribadi terungkap"

    class Condition(models.TextChoices):
        SEVERE = "severe", "Insiden bertingkat tinggi atau kritis"
        PERSONAL_DATA = "personal_data", "Data pribadi terungkap"

    id = models.BigAutoField(primary_key=True)
    code = models.SlugField(max_length=20, db_index=False)
    version = models.SmallIntegerField()
    name = models.CharField(max_length=200)
    hours = models.SmallIntegerField()
    starts = models.CharField(max_length=10, choices=Starts.choices)
    condition = models.CharField(max_length=14, choices=Condition.choices)
    recipient = models.CharField(max_length=300)
    sender = models.CharField(max_length=300)
    # Headings that the report must have, in order.
    parts = models.JSONField(default=list)
    source = models.CharField(max_length=200)
    source_checked_on = models.DateField()
    note = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="legal_clock_version_once"),
            models.CheckConstraint(condition=models.Q(hours__gte=1, hours__lte=720), name="legal_clock_hours"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.name} ({self.hours} jam)"

    @property
    def span(self) -> timedelta:
        return timedelta(hours=self.hours)


class Notice(Addressed):
    """Somebody who must be told of an incident, by when, and the proof that they were."""

    class State(models.TextChoices):
        WAITING = "waiting", "Belum dikirim"
        SENT = "sent", "Terkirim"
        NOT_NEEDED = "not_needed", "Tidak perlu"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="notices")
    clock = models.ForeignKey(LegalClock, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=200, blank=True)
    # The receipt's number, or why nobody needs to be told.
    note = models.TextField(blank=True)
    proof = models.ForeignKey(Evidence, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "clock"], condition=~models.Q(state="not_needed"), name="notice_once"
            ),
        ]
        ordering: ClassVar[list[str]] = ["due_at", "id"]

    @override
    def __str__(self) -> str:
        return f"{self.clock_id}: {self.state}"


class Pack(Addressed):
    """A ZIP that was made of an incident as it stood."""

    class Kind(models.TextChoices):
        REPORT = "report", "Paket laporan insiden"
        NORMALISATION = "normalisation", "Paket normalisasi TrustPositif"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="packs")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    file = models.ForeignKey("files.StoredFile", on_delete=models.DO_NOTHING, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "kind", "sha256"], name="pack_once"),
        ]
        ordering: ClassVar[list[str]] = ["-id"]

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:16]}"
