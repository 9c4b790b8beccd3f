"""The registry: one row for each region, its host names, its switches."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django_tenants.models import DomainMixin, TenantMixin
from typing_extensions import override

from kernel import clock
from kernel.ids import new_uid
from kernel.tenancy.state import RegionState, terms_in


class Region(TenantMixin):  # type: ignore[misc]
    """One government that joined. `id` is the row fence's constant, so it is a small integer and never used again."""

    class Kind(models.TextChoices):
        KOTA = "kota", "Kota"
        KABUPATEN = "kabupaten", "Kabupaten"
        PROVINSI = "provinsi", "Provinsi"

    class Status(models.TextChoices):
        PROVISIONING = "provisioning", "Disiapkan"
        ACTIVE = "active", "Aktif"
        SUSPENDED = "suspended", "Ditangguhkan"
        CLOSED = "closed", "Ditutup"

    class Zone(models.TextChoices):
        WIB = "Asia/Jakarta", "WIB"
        WITA = "Asia/Makassar", "WITA"
        WIT = "Asia/Jayapura", "WIT"

    # The schema is made by control.onboarding in one transaction, never by saving the row.
    auto_create_schema = False
    auto_drop_schema = False

    id = models.SmallAutoField(primary_key=True)
    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    code = models.CharField(
        max_length=30,
        unique=True,
        db_index=False,
        validators=[RegexValidator(r"\A[a-z][a-z0-9]{2,29}\Z", "Huruf kecil dan angka, diawali huruf, 3 sampai 30.")],
    )
    kemendagri_code = models.CharField(
        max_length=4, blank=True, validators=[RegexValidator(r"\A[0-9]{2,4}\Z", "2 sampai 4 angka, tanpa titik.")]
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=100)
    short_name = models.CharField(max_length=40)
    time_zone = models.CharField(max_length=40, choices=Zone.choices)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PROVISIONING)
    # What contains an incident, by name, with its terms: see kernel.measures. Written by control.containment alone.
    measures = models.JSONField(default=dict, blank=True)
    cell = models.CharField(max_length=10, default="c1")
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    live_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(code__regex=r"^[a-z][a-z0-9]{2,29}$"), name="region_code_form"),
        ]
        ordering: ClassVar[list[str]] = ["code"]

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def is_read_only(self) -> bool:
        """Nothing but punches is written (`kernel.measures`)."""
        return terms_in(self.measures, "read_only") is not None

    @property
    def is_fallback(self) -> bool:
        """Pages lead to the continuity kit."""
        return terms_in(self.measures, "fallback") is not None

    def state(self) -> RegionState:
        """The immutable value that the region's own code sees."""
        return RegionState(
            number=self.pk,
            code=self.code,
            schema_name=self.schema_name,
            name=self.name,
            short_name=self.short_name,
            time_zone=self.time_zone,
            status=self.status,
            measures=self.measures,
            cell=self.cell,
            version=self.version,
            hosts=tuple(self.domains.order_by("domain").values_list("domain", flat=True)),
        )


class Domain(DomainMixin):  # type: ignore[misc]
    """A host name of a region."""
