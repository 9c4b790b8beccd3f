"""OPD, their units, and positions with a class and a superior position."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from typing_extensions import override

from kernel.dated import DatedRecord
from kernel.ids import Addressed
from kernel.ranges import Id8Range
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.organisation.querysets import PositionQuerySet, UnitQuerySet


class Unit(Addressed, Fenced):
    """An OPD (no parent) or a unit below one. `opd` is the root: the unit itself for an OPD."""

    free_text = {"name": How.HOLD}
    text_page = Page("organisation-unit")

    class Kind(models.TextChoices):
        OPD = "opd", "OPD"
        BIDANG = "bidang", "Bidang/Bagian"
        UPT = "upt", "UPT"
        PUSKESMAS = "puskesmas", "Puskesmas"
        RSUD = "rsud", "Rumah sakit"
        SEKOLAH = "sekolah", "Sekolah"

    code = models.CharField(max_length=40, unique=True, db_index=False)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    opd = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="members")
    category = models.CharField(max_length=40, default="umum")
    is_active = models.BooleanField(default=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="opd", parent__isnull=True)
                | ~models.Q(kind="opd") & models.Q(parent__isnull=False),
                name="unit_opd_is_root",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class Position(Addressed):
    """A post on the map of posts: kind, superior post; class and category are dated (`PositionTerms`).

    `office` marks the few posts that approval chains name: one head of each OPD (in the OPD itself, not in a unit
    below), one sekda, one wakil and one kepala daerah in the region.
    """

    free_text = {"title": How.HOLD}
    text_page = Page("organisation-position")

    class Kind(models.TextChoices):
        JPT = "jpt", "Jabatan pimpinan tinggi"
        ADMINISTRATOR = "administrator", "Administrator"
        PENGAWAS = "pengawas", "Pengawas"
        FUNGSIONAL = "fungsional", "Fungsional"
        PELAKSANA = "pelaksana", "Pelaksana"

    class Office(models.TextChoices):
        KEPALA_OPD = "kepala_opd", "Kepala OPD"
        SEKDA = "sekda", "Sekretaris daerah"
        WAKIL_KEPALA_DAERAH = "wakil_kepala_daerah", "Wakil kepala daerah"
        KEPALA_DAERAH = "kepala_daerah", "Kepala daerah"

    code = models.CharField(max_length=40, unique=True, db_index=False)
    title = models.CharField(max_length=200)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="positions")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    superior = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="subordinates")
    office = models.CharField(max_length=20, choices=Office.choices, blank=True)
    is_active = models.BooleanField(default=True)

    objects = PositionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(superior=models.F("id")), name="position_not_own_superior"),
            models.UniqueConstraint(
                fields=["unit"],
                condition=models.Q(office="kepala_opd", is_active=True),
                name="position_one_head_of_an_opd",
            ),
            models.UniqueConstraint(
                fields=["office"],
                condition=models.Q(office__in=["sekda", "wakil_kepala_daerah", "kepala_daerah"], is_active=True),
                name="position_one_holder_of_an_office",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.title


class PositionTerms(DatedRecord):
    """What a position is paid by for a half-open period: class (kelas jabatan 1..17) and category.

    A month is paid by the terms of its reference date.
    """

    free_text = {"letter_number": How.HOLD}
    text_page = Page("organisation-position", key="position__uid")

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="terms")
    kelas = models.SmallIntegerField()
    category = models.CharField(max_length=40, default="umum")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="position_terms_one_at_a_time",
                expressions=[(Id8Range("position", "position"), "&&"), ("period", "&&")],
            ),
            models.CheckConstraint(condition=models.Q(kelas__gte=1, kelas__lte=17), name="position_kelas_1_to_17"),
            models.CheckConstraint(condition=models.Q(period__isempty=False), name="position_terms_count_some_day"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.position_id}: kelas {self.kelas} {self.period}"
