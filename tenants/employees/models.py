"""People, their dated placements, and who is their superior against the map of posts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar, Final

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.dated import DatedRecord
from kernel.ids import Addressed
from kernel.ranges import Id8Range
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.employees.querysets import (
    BankAccountQuerySet,
    EmployeeQuerySet,
    PlacementQuerySet,
    SuperiorOverrideQuerySet,
)


def masked_number(number: str) -> str:
    """The last four digits of an account number, as pages show it to those who need not know all."""
    return f"••••{number[-4:]}" if number else ""


ONE_DAY: Final = timedelta(days=1)


class Employee(Addressed, Fenced):
    """A person with a job. The NIP is an attribute (18 digits), never the key: it can change.

    Status and golongan are dated (`Standing`).
    """

    free_text = {"name": How.HOLD}
    text_page = Page("employees-employee")

    class Status(models.TextChoices):
        PNS = "PNS", "PNS"
        CPNS = "CPNS", "CPNS"
        PPPK = "PPPK", "PPPK"
        KONTRAK = "KONTRAK", "Tenaga kontrak"

    nip = models.CharField(max_length=18)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="employee"
    )

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["nip"], condition=models.Q(is_active=True), name="employee_nip_once_active"
            ),
            models.CheckConstraint(condition=models.Q(nip__regex=r"^[0-9]{18}$"), name="employee_nip_18_digits"),
        ]
        indexes = [models.Index(fields=["name"], name="employee_by_name")]

    @override
    def __str__(self) -> str:
        return self.name


class Standing(DatedRecord):
    """A person's status and golongan for a half-open period.

    A month is paid by the standing of its reference date.
    """

    free_text = {"letter_number": How.HOLD}

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="standings")
    status = models.CharField(max_length=10, choices=Employee.Status.choices)
    golongan = models.CharField(max_length=6, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="standing_one_at_a_time",
                expressions=[(Id8Range("employee", "employee"), "&&"), ("period", "&&")],
            ),
            models.CheckConstraint(condition=models.Q(period__isempty=False), name="standing_counts_some_day"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id}: {self.status} {self.golongan} {self.period}"


class Placement(Addressed):
    """A person holds a post for a half-open period: definitively, or acting (Plt, Plh) beside it."""

    free_text = {"letter_number": How.HOLD}
    text_page = Page("employees-employee", key="employee__uid")

    class Kind(models.TextChoices):
        DEFINITIF = "definitif", "Definitif"
        PLT = "plt", "Plt"
        PLH = "plh", "Plh"

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="placements")
    position = models.ForeignKey("organisation.Position", on_delete=models.PROTECT, related_name="placements")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.DEFINITIF)
    period = DateRangeField()
    letter_number = models.CharField(max_length=100, blank=True)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="placement_one_definitive_at_a_time",
                expressions=[(Id8Range("employee", "employee"), "&&"), ("period", "&&")],
                condition=models.Q(kind="definitif"),
            ),
        ]
        indexes = [models.Index(fields=["position", "kind"], name="placement_by_position")]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id}: {self.position_id} {self.period}"


class ServiceStop(Addressed):
    """A person is out of paid service for a half-open period, or for good, by a letter (domain note 2.3).

    `first` of an ending is the day of death, or the first day (TMT) on which the person no longer serves. Several kinds
    may stand on one day; the rule set says what each does to the pay. A stop is a fact of its own: posts and account
    stay until somebody ends them.
    """

    free_text = {"letter_number": How.HOLD, "note": How.HOLD}

    class Kind(models.TextChoices):
        DEATH = "death", _("Meninggal dunia")
        RETIREMENT = "retirement", _("Pensiun")
        RESIGNATION = "resignation", _("Berhenti atas permintaan sendiri")
        DISMISSAL = "dismissal", _("Diberhentikan")
        STUDY_LEAVE = "study_leave", _("Tugas belajar")
        UNPAID_LEAVE = "unpaid_leave", _("Cuti di luar tanggungan negara")
        LONG_LEAVE = "long_leave", _("Cuti besar")
        SECONDMENT = "secondment", _("Dipekerjakan di instansi lain")
        SUSPENSION = "suspension", _("Diberhentikan sementara")

    # Nobody comes back from these; a person has one of them at most.
    ENDINGS: ClassVar[tuple[str, ...]] = (Kind.DEATH, Kind.RETIREMENT, Kind.RESIGNATION, Kind.DISMISSAL)

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="service_stops")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    period = DateRangeField()
    letter_number = models.CharField(max_length=100)
    letter_date = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    # A month that it touches was locked when it was written: what it changes is paid or taken by a difference run.
    is_late = models.BooleanField(default=False)
    # None: by an import that nobody waited for.
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            *(
                ExclusionConstraint(
                    name=f"service_stop_one_{kind}",
                    expressions=[(Id8Range("employee", "employee"), "&&"), ("period", "&&")],
                    condition=models.Q(kind=kind),
                )
                for kind in ("study_leave", "unpaid_leave", "long_leave", "secondment", "suspension")
            ),
            models.UniqueConstraint(
                fields=["employee"],
                condition=models.Q(kind__in=["death", "retirement", "resignation", "dismissal"]),
                name="service_stop_one_ending",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["death", "retirement", "resignation", "dismissal"])
                | models.Q(period__upper_inf=True),
                name="service_stop_ending_has_no_last_day",
            ),
            models.CheckConstraint(
                condition=models.Q(period__isempty=False, period__lower_inf=False), name="service_stop_begins"
            ),
            models.CheckConstraint(condition=~models.Q(letter_number=""), name="service_stop_has_letter"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id}: {self.kind} {self.period}"

    @property
    def is_ending(self) -> bool:
        """Whether nobody comes back from it."""
        return self.kind in self.ENDINGS

    @property
    def first(self) -> date:
        """The first day out of paid service."""
        day: date = self.period.lower
        return day

    @property
    def last(self) -> date | None:
        """The last such day; None until further notice, or for good."""
        end: date | None = self.period.upper
        return None if end is None else end - ONE_DAY


class SuperiorOverride(Addressed):
    """Somebody else than the map of posts says is a person's superior, for a period.

    It belongs to the posts that both hold when it is written: once either post is over, the map counts again.
    """

    free_text = {"reason": How.HOLD, "letter_number": How.HOLD}
    text_page = Page("employees-employee", key="employee__uid")

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="superior_overrides")
    superior = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="subordinate_overrides", db_index=False
    )
    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="superior_overrides")
    superior_placement = models.ForeignKey(
        Placement, on_delete=models.CASCADE, related_name="subordinate_overrides", db_index=False
    )
    period = DateRangeField()
    reason = models.CharField(max_length=500)
    letter_number = models.CharField(max_length=100, blank=True)

    objects = SuperiorOverrideQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="superior_override_one_at_a_time",
                expressions=[(Id8Range("employee", "employee"), "&&"), ("period", "&&")],
            ),
            models.CheckConstraint(
                condition=~models.Q(superior=models.F("employee")), name="superior_override_not_oneself"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="superior_override_has_reason"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id}: {self.superior_id} {self.period}"


class SuperiorCorrection(Addressed, Fenced):
    """A person says that the superior is wrong and names the right one: a document of kind `position_correction`."""

    free_text = {"note": How.HOLD}

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Menunggu")
        APPROVED = "approved", _("Disetujui")
        RETURNED = "returned", _("Dikembalikan")
        REJECTED = "rejected", _("Ditolak")
        WITHDRAWN = "withdrawn", _("Ditarik")

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="superior_corrections")
    # Who stood there when it was written, None for nobody.
    former = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    superior = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Why the page proposed this person, in the words that were shown; empty for somebody picked by hand.
    grounds = models.JSONField(default=list)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUBMITTED)
    made_at = models.DateTimeField(default=clock.now)
    # What its approval wrote, and what it ended by that, with the day from which that would not have counted any more.
    result = models.ForeignKey(SuperiorOverride, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended = models.ForeignKey(SuperiorOverride, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employee"], condition=models.Q(state="submitted"), name="superior_correction_one_waiting"
            ),
            models.CheckConstraint(
                condition=~models.Q(superior=models.F("employee")), name="superior_correction_not_oneself"
            ),
            models.CheckConstraint(
                condition=models.Q(state="approved") | models.Q(result__isnull=True),
                name="superior_correction_result_when_approved",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id}: {self.superior_id} ({self.state})"


class BankAccount(Addressed, Fenced):
    """To which account a person is paid from a day on. What it says is never changed (trigger): another one follows it.

    The first one of a person counts at once; a changed one when a second person has confirmed it, so that nobody alone
    leads a salary elsewhere. A withdrawn one never counts again.
    """

    free_text = {"bank_name": How.REFUSE, "holder": How.REFUSE}

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="bank_accounts", db_index=False)
    # Bank Indonesia's code of the bank, three digits; as text.
    bank_code = models.CharField(max_length=3)
    bank_name = models.CharField(max_length=100)
    number = models.CharField(max_length=30)
    holder = models.CharField(max_length=200)
    first = models.DateField()
    is_change = models.BooleanField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(default=clock.now)
    # The job that brought it in; None for one that was typed.
    batch = models.UUIDField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField(null=True)

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__regex=r"^[0-9]{5,30}$"), name="bank_account_number_is_digits"
            ),
            models.CheckConstraint(condition=models.Q(bank_code__regex=r"^[0-9]{3}$"), name="bank_code_is_3_digits"),
            models.CheckConstraint(condition=~models.Q(holder=""), name="bank_account_has_holder"),
            models.CheckConstraint(
                condition=models.Q(is_change=False, confirmed_by__isnull=True, confirmed_at__isnull=False)
                | models.Q(is_change=True, confirmed_by__isnull=True, confirmed_at__isnull=True)
                | models.Q(is_change=True, confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="bank_account_change_is_confirmed",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True)
                | models.Q(recorded_by__isnull=False) & ~models.Q(confirmed_by=models.F("recorded_by")),
                name="bank_account_confirmed_by_another",
            ),
            models.UniqueConstraint(
                fields=["employee"],
                condition=models.Q(confirmed_at__isnull=True, withdrawn_at__isnull=True),
                name="bank_account_one_waiting",
            ),
            models.UniqueConstraint(
                fields=["employee"], condition=models.Q(is_change=False), name="bank_account_one_first"
            ),
        ]
        indexes = [models.Index(fields=["employee", "first"], name="bank_account_by_employee")]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id}: {self.bank_code} {self.masked}"

    @property
    def masked(self) -> str:
        """The last four digits, as pages show it to those who need not know the number."""
        return masked_number(self.number)

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for the second person."""
        return self.confirmed_at is None and self.withdrawn_at is None
