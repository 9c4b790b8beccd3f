"""Looking at locked months again: digests from stored rows, slips evaluated again, the ledger summed. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from kernel.periods import Month
from tenants.arrears import sealing
from tenants.organisation.models import Unit
from tenants.payout import differences
from tenants.payout.errors import NotLocked
from tenants.payout.models import LedgerEntry
from tenants.rules.engine import EvaluationError, FactsError, MonthFacts, digest
from tenants.rules.loading import loaded
from tenants.tpp.kinds import evaluated
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.models import MonthLock, MonthRun, Slip
from tenants.tpp.sealing import lock_digest, recomputed_slips, run_digest


@dataclass(frozen=True, slots=True)
class Verification:
    """What a second look at a lock found. `is_intact` when nothing differs.

    `digest` is what the stored rows of the OPD give now, `run_digest` what the run's slips give. `changed_slips` no
    longer fit their own digest, `changed_facts` theirs, `replayed_differently` give another slip when evaluated again
    from frozen facts and rules. `ledger_difference` is the ledger's sum less that of the payable slips, rupiah.
    """

    lock: MonthLock
    digest: str
    run_digest: str
    slips: int
    changed_slips: tuple[UUID, ...]
    changed_facts: tuple[UUID, ...]
    replayed_differently: tuple[UUID, ...]
    ledger_difference: Decimal

    @property
    def is_intact(self) -> bool:
        return not self.first_difference

    @property
    def first_difference(self) -> str:
        """The first thing that is not as it was locked, in words with the uid of the slip; "" when nothing differs."""
        if self.changed_slips:
            return _("Slip %(uid)s tidak sama lagi dengan sidiknya.") % {"uid": self.changed_slips[0]}
        if self.changed_facts:
            return _("Fakta beku slip %(uid)s berubah atau hilang.") % {"uid": self.changed_facts[0]}
        if self.replayed_differently:
            return _("Slip %(uid)s bukan hasil dari fakta beku dan aturannya.") % {"uid": self.replayed_differently[0]}
        if self.digest != self.lock.digest:
            return _("Ada slip yang ditambah, dihapus, atau nilainya diganti: sidik OPD ini tidak sama lagi.")
        if self.run_digest != self.lock.run.digest:
            return _("Slip OPD lain dalam perhitungan yang sama berubah: sidik perhitungan tidak sama lagi.")
        if self.ledger_difference:
            return _("Buku besar berbeda Rp%(amount)s dari slipnya.") % {"amount": self.ledger_difference}
        return ""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An OPD's digest from its stored rows; `changed` are slips whose rows no longer give their own digest."""

    digest: str
    slips: int
    changed: tuple[UUID, ...]


def verify_month(month: Month, kind: str = MonthRun.Kind.ORDINARY) -> list[Verification]:
    """Every standing lock of the month looked at again, by OPD. Raises NotLocked where there is none."""
    locks = list(
        MonthLock.objects.standing().of(month, kind).select_related("run__rule_set", "opd").order_by("opd__code")
    )
    if not locks:
        raise NotLocked(month)
    digests = {run.pk: _run_digest(run) for run in {lock.run for lock in locks}}
    return [_verified(lock, digests[lock.run_id]) for lock in locks]


def verify_lock(lock: MonthLock) -> Verification:
    """One lock looked at again."""
    return _verified(lock, _run_digest(lock.run))


def _run_digest(run: MonthRun) -> str:
    return sealing.run_digest(run) if run.kind == MonthRun.Kind.DIFFERENCE else run_digest(run)


def _verified(lock: MonthLock, of_run: str) -> Verification:
    sealed = sealed_rows(lock.run, lock.opd)
    is_difference = lock.kind == MonthRun.Kind.DIFFERENCE
    changed_facts, replayed = ((), differences.changed_rows(lock)) if is_difference else _replayed(lock)
    return Verification(
        lock=lock,
        digest=sealed.digest,
        run_digest=of_run,
        slips=sealed.slips,
        changed_slips=sealed.changed,
        changed_facts=changed_facts,
        replayed_differently=replayed,
        ledger_difference=_ledger_difference(lock),
    )


def sealed_rows(run: MonthRun, opd: Unit) -> Sealed:
    """The digest over what the run has stored for the OPD, rebuilt from slips and lines."""
    if run.kind == MonthRun.Kind.DIFFERENCE:
        rows = list(sealing.recomputed_rows(run, opd.pk))
        differing = tuple(row.uid for row, found in rows if found != row.digest)
        return Sealed(sealing.lock_digest(run, opd.pk), len(rows), differing)
    changed: list[UUID] = []
    parts: list[tuple[UUID, str, str, Decimal, bool]] = []
    for slip, found in recomputed_slips(run, opd, loaded(run.rule_set).code):
        if found != slip.digest:
            changed.append(slip.uid)
        parts.append((slip.employee.uid, slip.facts_digest, found, slip.net, slip.is_practice))
    return Sealed(lock_digest(run, opd, parts), len(parts), tuple(changed))


def _replayed(lock: MonthLock) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """Slips whose frozen facts were changed, and slips that the frozen facts no longer give."""
    rule_set = loaded(lock.run.rule_set)
    own = {"run": lock.run_id, "opd": lock.opd_id}
    slips = {row.employee_id: row for row in Slip.objects.filter(**own).only("uid", "employee_id", "digest")}
    changed: list[UUID] = []
    different: list[UUID] = []
    for frozen in FrozenFacts.objects.filter(**own).order_by("employee_id").iterator(chunk_size=500):
        slip = slips.pop(frozen.employee_id, None)
        if slip is None:
            continue
        try:
            facts = MonthFacts.from_json(frozen.text)
        except FactsError:
            changed.append(slip.uid)
            continue
        if digest(facts) != frozen.digest:
            changed.append(slip.uid)
        try:
            if digest(evaluated(lock.kind, rule_set, facts)) != slip.digest:
                different.append(slip.uid)
        except EvaluationError:
            different.append(slip.uid)
    # A slip whose facts are gone cannot be shown to be right.
    changed += [slip.uid for slip in slips.values()]
    return tuple(changed), tuple(different)


def _ledger_difference(lock: MonthLock) -> Decimal:
    """Sum of the ledger less sum of the slips; every kind must agree, so the largest difference is told."""
    entered = LedgerEntry.objects.filter(lock=lock).by_kind()
    if lock.kind == MonthRun.Kind.DIFFERENCE:
        expected = differences.expected_entries(lock)
        return max((_less(entered, kind, amount) for kind, amount in expected.items()), key=abs)
    own = Slip.objects.filter(run=lock.run_id, opd=lock.opd_id).paid()
    # What was held at the lock, and released since, has its entries too.
    released = Exists(LedgerEntry.objects.filter(lock=lock, slip=OuterRef("pk")))
    sums = own.filter(Q(pk__in=own.payable().values("pk")) | released).sums()
    expected = {
        "net_tpp": sums["net"],
        "tax": sums["tax"],
        "contribution": sums["contributions"],
        "deduction": sums["other_deductions"],
    }
    return max((_less(entered, kind, amount) for kind, amount in expected.items()), key=abs)


def _less(entered: dict[str, Decimal], kind: str, expected: object) -> Decimal:
    return entered.get(kind, Decimal(0)) - Decimal(str(expected or 0))
