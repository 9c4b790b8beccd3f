"""Kinds of leave by date, what a request for leave says beside its document, and the ledger of yearly days."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.employees.models import Employee, ServiceStop
from tenants.leave import ledger
from tenants.leave.querysets import LeaveEntryQuerySet, LeaveKindQuerySet

# The kind whose days stand in the ledger.
YEARLY = "tahunan"
# What a leave can be to the pay; the rule set says what that means.
STOPS = [(kind.value, kind.label) for kind in (ServiceStop.Kind.UNPAID_LEAVE, ServiceStop.Kind.LONG_LEAVE)]


class LeaveKind(Addressed):
    """What people of one status may take of one kind of leave, from a day on until a later row of both.

    `most_days` and `most_months` bound one request (with `extension_months` where it goes on from the one before),
    in the days that `counts` names. None: no bound of that sort.
    """

    free_text = {"name": How.HOLD, "source": How.HOLD}
    text_page = Page("leave-kind")

    class Counts(models.TextChoices):
        WORKING = "working", _("Hari kerja")
        CALENDAR = "calendar", _("Hari kalender")

    code = models.SlugField(max_length=20, db_index=False)
    status = models.CharField(max_length=10, choices=Employee.Status.choices)
    valid_from = models.DateField()
    name = models.CharField(max_length=100)
    # The code of the rule set that its days get.
    document_kind = models.CharField(max_length=20)
    counts = models.CharField(max_length=10, choices=Counts.choices, default=Counts.CALENDAR)
    # Of the yearly leave: granted each year, and what may come over from the years before.
    yearly_days = models.SmallIntegerField(null=True)
    carry_most = models.SmallIntegerField(default=0)
    carry_most_unused = models.SmallIntegerField(default=0)
    # Calendar days on top for a place that is hard to reach; 0: the region does not give them.
    travel_most = models.SmallIntegerField(default=0)
    most_days = models.SmallIntegerField(null=True)
    most_months = models.SmallIntegerField(null=True)
    extension_months = models.SmallIntegerField(default=0)
    most_times = models.SmallIntegerField(null=True)
    min_service_months = models.SmallIntegerField(default=0)
    # From how many days on a letter must be attached; None: never.
    letter_from_days = models.SmallIntegerField(null=True)
    # Up to how many days in a row a plain letter with its code does; None: any number. The yearly leave takes none.
    plain_most_days = models.SmallIntegerField(null=True)
    # Which stop of paid service an approved leave of this kind is; "": none.
    stops_service = models.CharField(max_length=20, blank=True, choices=STOPS)
    # In the same year no yearly leave is given beside it.
    instead_of_yearly = models.BooleanField(default=False)
    is_offered = models.BooleanField(default=True)
    source = models.CharField(max_length=300)
    is_confirmed = models.BooleanField(default=False)

    objects = LeaveKindQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "status", "valid_from"], name="leave_kind_once_a_day"),
            models.CheckConstraint(condition=~models.Q(source=""), name="leave_kind_has_source"),
            models.CheckConstraint(
                condition=models.Q(yearly_days__isnull=True) | models.Q(code=YEARLY), name="leave_ledger_is_yearly"
            ),
            models.CheckConstraint(
                condition=models.Q(carry_most__gte=0, carry_most_unused__gte=0, travel_most__gte=0),
                name="leave_kind_gives_nothing_negative",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.name} ({self.status})"

    @property
    def terms(self) -> ledger.Terms:
        """What the ledger needs of it."""
        return ledger.Terms(self.yearly_days or 0, self.carry_most, self.carry_most_unused)


class LedgerStart(models.Model):
    """From which year on the region keeps the ledger; the newest row counts. Without one leave is not counted."""

    id = models.BigAutoField(primary_key=True)
    year = models.SmallIntegerField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)

    @override
    def __str__(self) -> str:
        return str(self.year)


class LeaveBooking(Fenced):
    """What a leave says beside its document: the kind, the days that it costs by year, and who stands in."""

    free_text = {"address": How.HOLD}

    document = models.OneToOneField(
        "attendance.AttendanceDocument", primary_key=True, on_delete=models.PROTECT, related_name="leave"
    )
    kind = models.ForeignKey(LeaveKind, on_delete=models.PROTECT, related_name="+")
    # {"2026": 5}: days of the kind's sort in each calendar year.
    days = models.JSONField(default=dict)
    travel_days = models.SmallIntegerField(default=0)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    substitute = models.ForeignKey(
        "employees.Employee", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Written when the leave was approved, where its kind stops paid service.
    stop = models.ForeignKey(ServiceStop, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    @override
    def __str__(self) -> str:
        return f"{self.kind_id}: {self.total}"

    @property
    def total(self) -> int:
        """The days that it costs in all."""
        return sum(self.days.values())


class LeaveEntry(Fenced):
    """One line of the ledger of yearly leave. Append-only (trigger); the sum of a year is what is left of it."""

    free_text = {"note": How.REFUSE}

    class What(models.TextChoices):
        OPENING = ledger.OPENING, _("Saldo awal")
        GRANT = ledger.GRANT, _("Hak tahun ini")
        RESERVED = ledger.RESERVED, _("Diajukan")
        RELEASED = ledger.RELEASED, _("Pengajuan selesai atau batal")
        TAKEN = ledger.TAKEN, _("Diambil")
        RETURNED = ledger.RETURNED, _("Dikembalikan")
        CORRECTED = ledger.CORRECTED, _("Koreksi")
        CARRIED_OUT = ledger.CARRIED_OUT, _("Dibawa ke tahun berikutnya")
        CARRIED_IN = ledger.CARRIED_IN, _("Sisa tahun sebelumnya")
        EXPIRED = ledger.EXPIRED, _("Hangus")

    id = models.BigAutoField(primary_key=True)
    employee = models.ForeignKey(
        "employees.Employee", on_delete=models.PROTECT, related_name="leave_entries", db_index=False
    )
    year = models.SmallIntegerField()
    what = models.CharField(max_length=15, choices=What.choices)
    days = models.SmallIntegerField()
    document = models.ForeignKey(
        "attendance.AttendanceDocument", null=True, on_delete=models.PROTECT, related_name="leave_entries"
    )
    note = models.CharField(max_length=300, blank=True)
    # None: by the yearly work.
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    written_at = models.DateTimeField(default=clock.now)

    objects = LeaveEntryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["employee", "year"], name="leave_entry_by_person_year")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(what=ledger.CORRECTED) | ~models.Q(note=""), name="leave_correction_has_reason"
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.year} {self.what} {self.days:+d}"
