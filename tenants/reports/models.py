"""How a region's papers look and who signs them; every paper that was issued, with its number and its copies."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models.functions import Coalesce
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.ranges import Id8Range
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How
from tenants.reports.querysets import IssuedPaperQuerySet, PaperBundleQuerySet, SignerQuerySet


class PaperSettings(Fenced):
    """Letterhead, place, size and number formats of the region (no unit), of an OPD, or of a unit below one.

    What is empty is taken from the OPD, then from the region, then from what the platform offers
    (`tenants.reports.papers.settings`).
    """

    free_text = {"government": How.HOLD, "office": How.HOLD, "address": How.HOLD, "place": How.HOLD}

    class Size(models.TextChoices):
        A4 = "a4", "A4 (210 × 297 mm)"
        F4 = "f4", "F4 (215 × 330 mm)"

    id = models.BigAutoField(primary_key=True)
    unit = models.OneToOneField("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    government = models.CharField(max_length=120, blank=True)
    office = models.CharField(max_length=200, blank=True)
    address = models.TextField(max_length=400, blank=True)
    place = models.CharField(max_length=80, blank=True)
    logo = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    size = models.CharField(max_length=2, choices=Size.choices, blank=True)
    # {code of a paper, or "" for all of them: pattern such as "900/{nomor}/{opd}/{tahun}"}
    number_patterns = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "paper settings"
        constraints = [
            models.UniqueConstraint(
                fields=["region_number"], condition=models.Q(unit__isnull=True), name="paper_settings_one_of_the_region"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.office or self.government


class Signer(Addressed, Fenced):
    """Who signs papers in a role, for a half-open period: of the region (no unit), of an OPD, or of a unit below one.

    The nearest unit that has one counts: a school's principal before the head of the education agency.
    """

    free_text = {"name": How.HOLD, "rank": How.HOLD, "title": How.HOLD}

    class Role(models.IntegerChoices):
        # Numbers, so that the database can refuse two at a time without an extension (kernel.ranges).
        HEAD = 1, "Kepala perangkat daerah"
        STAFF_AFFAIRS = 2, "Kasubag kepegawaian"
        TREASURER = 3, "Bendahara pengeluaran"
        ACTIVITY_OFFICER = 4, "PPTK"
        EXAMINER = 5, "Petugas pemeriksa"
        BKPSDM = 6, "Pejabat BKPSDM"

    unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.SmallIntegerField(choices=Role.choices)
    name = models.CharField(max_length=200)
    nip = models.CharField(max_length=18, blank=True)
    # Pangkat as it is printed: "Pembina Utama Muda (IV/c)".
    rank = models.CharField(max_length=80, blank=True)
    # Jabatan as it is printed above the signature.
    title = models.CharField(max_length=200)
    period = DateRangeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(default=clock.now)

    objects = SignerQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="signer_one_at_a_time",
                expressions=[
                    (Id8Range(Coalesce("unit_id", 0), Coalesce("unit_id", 0)), "&&"),
                    (Id8Range("role", "role"), "&&"),
                    ("period", "&&"),
                ],
            ),
            models.CheckConstraint(condition=models.Q(period__isempty=False), name="signer_signs_some_day"),
            models.CheckConstraint(
                condition=models.Q(nip="") | models.Q(nip__regex=r"^[0-9]{18}$"), name="signer_nip_18_digits"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class PaperCounter(models.Model):
    """The last number given to a paper of an OPD in a year. Its row is locked while a number is taken."""

    id = models.BigAutoField(primary_key=True)
    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    paper = models.SlugField(max_length=40, db_index=False)
    year = models.SmallIntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opd", "paper", "year"], name="paper_counter_one_per_year"),
            models.CheckConstraint(condition=models.Q(last__gte=0), name="paper_counter_not_negative"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.opd_id} {self.paper} {self.year}: {self.last}"


class IssuedPaper(Addressed, Fenced):
    """One paper that was issued: what it says (by digest), its number, and the random code that its QR names.

    The same content printed again is the same paper with the same number; other content of the same month and OPD is a
    new paper that replaces it. Slips are papers without a number.
    """

    free_text = {"number": How.REFUSE, "withdrawn_because": How.REFUSE}

    class State(models.TextChoices):
        VALID = "valid", "Berlaku"
        WITHDRAWN = "withdrawn", "Ditarik"
        REPLACED = "replaced", "Diganti"

    # 100 random bits, typed by people: never guessed, names nothing of the content.
    code = models.CharField(max_length=20, unique=True, db_index=False)
    paper = models.SlugField(max_length=40, db_index=False)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)
    month = models.DateField()
    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    # "" or the status that is printed apart, such as PPPK.
    part = models.CharField(max_length=20, blank=True)
    slip = models.ForeignKey("tpp.Slip", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey("tpp.MonthRun", on_delete=models.PROTECT, related_name="+", db_index=False)
    lock = models.ForeignKey("tpp.MonthLock", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # sha256 of what the paper says: columns, rows and totals, without letterhead, number and signers.
    digest = models.CharField(max_length=64)
    number = models.CharField(max_length=120, blank=True)
    sequence = models.IntegerField(null=True)
    year = models.SmallIntegerField()
    dated = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.VALID)
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    withdrawn_because = models.CharField(max_length=300, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    issued_at = models.DateTimeField(default=clock.now)

    objects = IssuedPaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opd", "paper", "year", "sequence"], name="paper_number_once_per_opd_and_year"
            ),
            models.UniqueConstraint(
                fields=["month", "opd", "kind", "paper", "part"],
                condition=models.Q(state="valid", slip__isnull=True),
                name="paper_one_valid_of_a_month",
            ),
            models.UniqueConstraint(
                fields=["slip"], condition=models.Q(slip__isnull=False), name="paper_one_of_a_slip"
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="paper_month_is_first_day"),
            models.CheckConstraint(
                condition=models.Q(slip__isnull=True, sequence__isnull=False)
                | models.Q(slip__isnull=False, sequence__isnull=True),
                name="paper_numbered_unless_a_slip",
            ),
        ]
        indexes = [
            models.Index(fields=["month", "opd"], condition=models.Q(slip__isnull=True), name="paper_by_month_and_opd")
        ]

    @override
    def __str__(self) -> str:
        return self.number or self.code

    @property
    def month_text(self) -> str:
        """`2026-10`, as addresses name a month."""
        return f"{self.month:%Y-%m}"


class PaperCopy(models.Model):
    """One file that was made of a paper. Its bytes are kept for a while, its sha256 for good."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "XLSX"

    id = models.BigAutoField(primary_key=True)
    paper = models.ForeignKey(IssuedPaper, on_delete=models.CASCADE, related_name="copies", db_index=False)
    format = models.CharField(max_length=4, choices=Format.choices)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "paper copies"
        constraints = [models.UniqueConstraint(fields=["sha256", "paper"], name="paper_copy_once")]

    @override
    def __str__(self) -> str:
        return f"{self.paper_id}.{self.format}"


class PaperBundle(Addressed, Fenced):
    """Files of many papers, made by a job: an OPD's set, slips of an OPD or of each OPD, a recap. They expire."""

    class Content(models.TextChoices):
        SET = "set", "Dokumen OPD"
        SLIPS = "slips", "Slip TPP"
        RECAP = "recap", "Rekap TPP"
        ATTENDANCE = "hadir", "Rekap kehadiran"

    content = models.CharField(max_length=5, choices=Content.choices)
    month = models.DateField()
    kind = models.CharField(max_length=12)
    run = models.ForeignKey("tpp.MonthRun", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # None: the whole region.
    opd = models.ForeignKey("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.PROTECT, related_name="+")
    # The finished files in order, so that a job that was killed goes on behind them:
    # [{"opd": uid of the OPD or "", "name": file name, "file": uid of the stored file, "count": papers in it}].
    parts = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)

    objects = PaperBundleQuerySet.as_manager()

    LIFE_DAYS: ClassVar[int] = 7

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(month__day=1), name="bundle_month_is_first_day")]
        indexes = [models.Index(fields=["month", "opd"], name="bundle_by_month_and_opd")]

    @override
    def __str__(self) -> str:
        return f"{self.content} {self.month:%Y-%m}"


class RecapLayout(models.Model):
    """The columns of the region's attendance recap in its order: [{"code", "title"}]; without a row the usual ones."""

    id = models.BigAutoField(primary_key=True)
    columns = models.JSONField(default=list)
    changed_at = models.DateTimeField(auto_now=True)

    @override
    def __str__(self) -> str:
        return f"{len(self.columns)} columns"
