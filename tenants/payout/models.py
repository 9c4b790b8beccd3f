"""What was granted to whom: an append-only ledger of plus and minus entries; who signed a lock, who reopened it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How
from tenants.employees.models import masked_number
from tenants.payout.querysets import (
    LedgerEntryQuerySet,
    LockSignatureQuerySet,
    PaymentListQuerySet,
    PaymentRowQuerySet,
)
from tenants.tpp.models import MonthRun


class LedgerEntry(Addressed, Fenced):
    """One amount granted (plus) or taken back (minus). Append-only (trigger); a balance is a sum."""

    class Kind(models.TextChoices):
        NET_TPP = "net_tpp", "TPP bersih"
        TAX = "tax", "PPh 21"
        CONTRIBUTION = "contribution", "Iuran"
        DEDUCTION = "deduction", "Potongan lain"
        # What somebody owes of a difference; the deductions of later slips settle it.
        RECOVERY = "recovery", "Pengembalian"

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="ledger")
    month = models.DateField()
    kind = models.CharField(max_length=15, choices=Kind.choices)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    # Of a slip, or of a difference.
    slip = models.ForeignKey("tpp.Slip", null=True, on_delete=models.PROTECT, related_name="ledger")
    difference = models.ForeignKey("arrears.DifferenceSlip", null=True, on_delete=models.PROTECT, related_name="ledger")
    # The lock that it came in with: its entries are written before it, in the lock's transaction.
    lock = models.ForeignKey("tpp.MonthLock", on_delete=models.PROTECT, related_name="ledger")
    entered_at = models.DateTimeField(default=clock.now)
    # The entry that it takes back, of the same lock: only when the lock is reopened.
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversal")

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(
                fields=["lock", "slip", "kind"],
                condition=models.Q(reverses__isnull=True),
                name="ledger_once_per_lock_slip_and_kind",
            ),
            models.UniqueConstraint(
                fields=["lock", "difference", "kind"],
                condition=models.Q(reverses__isnull=True),
                name="ledger_once_per_lock_difference_and_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(slip__isnull=True, difference__isnull=False)
                | models.Q(slip__isnull=False, difference__isnull=True) & ~models.Q(kind="recovery"),
                name="ledger_of_a_slip_or_a_difference",
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="ledger_month_is_first_day"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.month:%Y-%m} {self.kind}"


class LockSignature(Addressed, Fenced):
    """An office signed a lock: three offices, three people, each under the digest that the stored rows gave then.

    Only the time of its withdrawal is ever written, once, and not after the third signature (trigger).
    """

    class Office(models.TextChoices):
        BKPSDM = "bkpsdm", "BKPSDM"
        INSPEKTORAT = "inspektorat", "Inspektorat"
        BPKAD = "bpkad", "BPKAD"

    lock = models.ForeignKey("tpp.MonthLock", on_delete=models.PROTECT, related_name="signatures", db_index=False)
    office = models.CharField(max_length=12, choices=Office.choices)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)

    objects = LockSignatureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lock", "office"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="signature_once_per_office",
            ),
            models.UniqueConstraint(
                fields=["lock", "signer"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="signature_once_per_person",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.lock_id}: {self.office}"


class Reopening(Addressed, Fenced):
    """A lock shall be opened again, and why: by two people. Confirmed or withdrawn once, never changed (trigger)."""

    free_text = {"reason": How.REFUSE}

    lock = models.ForeignKey("tpp.MonthLock", on_delete=models.PROTECT, related_name="reopenings", db_index=False)
    reason = models.CharField(max_length=500)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    proposed_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lock"], condition=models.Q(withdrawn_at__isnull=True), name="reopening_one_for_a_lock"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="reopening_has_reason"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("proposed_by")),
                name="reopening_by_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False, withdrawn_at__isnull=True),
                name="reopening_confirmed_or_withdrawn",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.lock_id}"


class Parcel(Addressed, Fenced):
    """An OPD's month on its way to the bank. Where it stands is read from its steps, its lock and its payment rows."""

    month = models.DateField()
    kind = models.CharField(max_length=12, choices=MonthRun.Kind.choices)
    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "kind", "opd"], name="parcel_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="parcel_month_is_first_day"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind} {self.opd_id}"


class ParcelStep(Addressed, Fenced):
    """Somebody took a step of a parcel, took the own last one back, returned the parcel or reopened its lock.

    Append-only (trigger).
    """

    free_text = {"note": How.REFUSE, "letter_number": How.REFUSE}

    class Kind(models.TextChoices):
        CLOSED = "closed_by_opd", "Ditutup OPD"
        CHECKED = "checked", "Diperiksa BKPSDM"
        CEILING = "ceiling_checked", "Pagu diperiksa"
        REQUESTED = "requested", "SPP diajukan"
        SPM = "spm", "SPM terbit"
        SP2D = "sp2d", "SP2D terbit"
        RETURNED = "returned", "Dikembalikan"
        REOPENED = "reopened", "Kunci dibuka lagi"
        TAKEN_BACK = "taken_back", "Dibatalkan"

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="steps", db_index=False)
    number = models.SmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Why it was returned or taken back, why it was closed with something missing, why an amount differs.
    note = models.CharField(max_length=500, blank=True)
    letter_number = models.CharField(max_length=100, blank=True)
    letter_date = models.DateField(null=True)
    amount = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    # What the sums of the OPD were when it was checked: sha256 over its slips (`tenants.tpp.sealing.digest_of`).
    digest = models.CharField(max_length=64, blank=True)
    lock = models.ForeignKey("tpp.MonthLock", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel", "number"], name="parcel_step_in_order"),
            models.CheckConstraint(
                condition=models.Q(kind="taken_back", undoes__isnull=False)
                | ~models.Q(kind="taken_back") & models.Q(undoes__isnull=True),
                name="parcel_step_taken_back_names_it",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["requested", "spm", "sp2d"])
                | models.Q(lock__isnull=False, letter_date__isnull=False) & ~models.Q(letter_number=""),
                name="parcel_step_letter_of_a_lock",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["requested", "sp2d"]) | models.Q(amount__isnull=False),
                name="parcel_step_has_amount",
            ),
            models.CheckConstraint(condition=~models.Q(kind="returned", note=""), name="parcel_return_has_reason"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.parcel_id}/{self.number}: {self.kind}"


class StepPatience(Fenced):
    """For how many working days a parcel may lie before this step; a step without a row has the usual days."""

    id = models.BigAutoField(primary_key=True)
    step = models.CharField(max_length=16, unique=True)
    days = models.SmallIntegerField()

    class Meta:
        verbose_name_plural = "step patience"
        constraints = [models.CheckConstraint(condition=models.Q(days__gte=1, days__lte=60), name="patience_of_days")]

    @override
    def __str__(self) -> str:
        return f"{self.step}: {self.days}"


class PaymentList(Addressed, Fenced):
    """Who is paid what to which account, made once from the ledger of a lock. List 2 and on: what came later.

    Later: a held slip that was released, and rows of an earlier list that the bank could not pay.
    """

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="payment_lists", db_index=False)
    lock = models.ForeignKey("tpp.MonthLock", on_delete=models.PROTECT, related_name="payment_lists")
    number = models.SmallIntegerField()
    # sha256 over its ordered rows: who, how much, to which account.
    digest = models.CharField(max_length=64)
    people = models.IntegerField()
    total = models.DecimalField(max_digits=20, decimal_places=2)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField(default=clock.now)

    objects = PaymentListQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel", "number"], name="payment_list_numbered"),
            models.CheckConstraint(condition=models.Q(number__gte=1, people__gte=1), name="payment_list_of_somebody"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.parcel_id}/{self.number}"


class PaymentRow(Addressed, Fenced):
    """One person's payment. Who, how much and to which account is frozen (trigger); only its outcome is added."""

    free_text = {"reference": How.REFUSE, "failure": How.REFUSE}

    class State(models.TextChoices):
        WAITING = "waiting", "Belum dibayar"
        PAID = "paid", "Dibayar"
        FAILED = "failed", "Gagal"
        NO_ACCOUNT = "no_account", "Belum ada rekening"
        VOID = "void", "Batal"

    list = models.ForeignKey(PaymentList, on_delete=models.PROTECT, related_name="rows", db_index=False)
    order = models.IntegerField()
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    bank_code = models.CharField(max_length=3, blank=True)
    bank_name = models.CharField(max_length=100, blank=True)
    number = models.CharField(max_length=30, blank=True)
    holder = models.CharField(max_length=200, blank=True)
    # By which the bank's answer names it.
    reference = models.CharField(max_length=80, unique=True, db_index=False)
    # The row that failed, which this one tries again.
    follows = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    failure = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True)

    objects = PaymentRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "order"], name="payment_row_in_order"),
            models.UniqueConstraint(fields=["list", "employee"], name="payment_row_once_per_person"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_row_positive"),
            models.CheckConstraint(
                condition=models.Q(state="no_account", number="")
                | ~models.Q(state="no_account") & ~models.Q(number="")
                | models.Q(state="void"),
                name="payment_row_has_account",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["paid", "failed"], settled_at__isnull=False)
                | models.Q(state__in=["waiting", "no_account", "void"]),
                name="payment_row_settled_when",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.reference

    @property
    def masked(self) -> str:
        """The account's last four digits, as pages show it to those who need not know all."""
        return masked_number(self.number)
