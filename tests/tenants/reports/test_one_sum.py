"""One sum: lines, slips, run, lock, ledger, payment list, bank file, finance file and papers agree to the rupiah, for
random people under random rules, with holds and releases, deductions and zakat, and a difference run behind it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from kernel import clock
from kernel.accounts.models import User
from kernel.periods import Month
from tenants.arrears.actions import start_difference
from tenants.arrears.models import DifferenceLine, DifferenceSlip
from tenants.calendars.querysets import calendar_for
from tenants.deductions.recording import Entry, record_deductions
from tenants.deductions.zakat import give_consent
from tenants.employees.models import Employee
from tenants.holds.actions import hold_payment
from tenants.holds.models import OrderedHold
from tenants.organisation.models import Unit
from tenants.payout.auditing import breaches
from tenants.payout.models import LedgerEntry, PaymentRow
from tenants.payout.parcels.board import place_of
from tenants.payout.payments.lists import make_follow_up
from tenants.payout.verifying import verify_month
from tenants.reports.papers.dressing import dressing_of
from tenants.reports.papers.making import make
from tenants.reports.papers.opd_month import OpdMonth
from tenants.reports.papers.sheet import paper_xlsx
from tenants.reports.papers.standing import standing_of
from tenants.rules.models import StoredRuleSet
from tenants.skp.models import MonthlyRating
from tenants.tpp.actions import start_run
from tenants.tpp.holding import release_slip
from tenants.tpp.models import MonthLock, MonthRun, Slip, SlipLine
from tenants.tpp.salary import record_salary_bases
from tests.cast import make_employee, make_opd, make_position, make_user
from tests.rule_rows import ready_tree, store_rules
from tests.tenants.payout.closing_steps import closer, lock_prepared, sign_whole
from tests.tenants.payout.paying import give_accounts, let_through, request
from tests.tenants.reports.paper_desk import rows_of_sheet, table_of
from tests.tenants.tpp.manado_month import live_through
from tests.tenants.tpp.pilot import JUNE, MAY, after

ORDINARY, DIFFERENCE = MonthRun.Kind.ORDINARY.value, MonthRun.Kind.DIFFERENCE.value
ZERO = Decimal(0)
WHOLE = ("half_up_rupiah", "truncate_rupiah")
CODES = ("TMK1", "TMK2", "TMK3", "PKSW3", "TK", "S")
# Line columns and the figure of the slip that each adds up to.
COLUMNS = {
    "pagu": "pagu",
    "gross": "gross",
    "tax": "tax",
    "contribution": "contributions",
    "deduction": "other_deductions",
    "rounding": "rounding",
}


@dataclass(frozen=True)
class Somebody:
    """What is drawn for one person of May 2024."""

    opd: int
    kelas: int
    status: str
    golongan: str
    counts: Mapping[str, int]
    skp: Decimal
    behaviour: int
    salary: int
    listed: int
    gives_zakat: bool
    is_held: bool
    has_account: bool
    skp_later: Decimal


@dataclass(frozen=True)
class Region:
    """What is drawn for one region: its people, the figures of its rules, whether holds are lifted after the lock."""

    people: Sequence[Somebody]
    rounding: Mapping[str, str]
    pagu: Mapping[str, str]
    is_released: bool


somebody = st.builds(
    Somebody,
    opd=st.integers(0, 1),
    kelas=st.sampled_from([7, 8, 9]),
    status=st.sampled_from(["PNS", "PNS", "CPNS", "PPPK"]),
    golongan=st.sampled_from(["II/c", "III/a", "IV/b"]),
    counts=st.dictionaries(st.sampled_from(CODES), st.integers(1, 4), max_size=3),
    skp=st.decimals(20, 100, places=6),
    behaviour=st.integers(210, 700),
    salary=st.integers(2_500_000, 12_500_000),
    listed=st.sampled_from([0, 0, 50_000, 333_333, 9_000_000]),
    gives_zakat=st.booleans(),
    is_held=st.sampled_from([False, False, True]),
    has_account=st.sampled_from([True, True, False]),
    skp_later=st.decimals(20, 100, places=2),
)
regions = st.builds(
    Region,
    people=st.lists(somebody, min_size=2, max_size=6),
    rounding=st.fixed_dictionaries(
        {
            **{step: st.sampled_from(WHOLE) for step in ("pagu", "criterion", "gross", "deduction", "net")},
            "carry": st.sampled_from(["rounded", "unrounded"]),
        }
    ),
    pagu=st.fixed_dictionaries({kelas: st.integers(1_000_003, 9_999_999).map(str) for kelas in ("7", "8", "9")}),
    is_released=st.booleans(),
)


def of(opd: int, skp: int, later: int, **more: Any) -> Somebody:
    """Somebody of class 8 without cuts whose rating changes."""
    plain = {"kelas": 8, "status": "PNS", "golongan": "III/a", "counts": {}, "behaviour": 620, "salary": 4_000_000}
    rest = {"listed": 0, "gives_zakat": False, "is_held": False, "has_account": True}
    return Somebody(opd=opd, skp=Decimal(skp), skp_later=Decimal(later), **{**plain, **rest, **more})


# One of everything, whatever else is drawn: who gains, who owes beside who is paid, holds, lists, contract employees.
MIXED = Region(
    people=[
        of(0, 60, 93, counts={"TMK1": 2, "TK": 1}, gives_zakat=True),
        of(0, 97, 41, listed=333_333),
        of(0, 71, 71, is_held=True),
        of(0, 77, 99, status="PPPK", has_account=False),
        of(1, 83, 55, golongan="IV/b", salary=9_000_000, listed=9_000_000),
    ],
    rounding={"carry": "unrounded"},
    pagu={"8": "3333337"},
    is_released=True,
)


def rules_of(region: Region) -> StoredRuleSet:
    """The rules of Manado with the drawn figures, a list of the cooperative and zakat, in force all of 2024."""
    changed = ready_tree("manado")
    changed["examples"] = []
    changed["rounding"] |= region.rounding
    pagu = next(node for node in changed["nodes"] if node["id"] == "pagu")
    pagu["amounts"][0]["values"] |= region.pagu
    clause = {"text": "Dipotong.", "reference": "Contoh"}
    changed["nodes"] += [
        {"id": "zakat", "kind": "deduction", "label": "Zakat", "column": "deduction", "clause": clause}
        | {
            "rule": {"mode": "consent_percent", "percent": "2.5", "base": "remaining", "flag": "zakat", "code": "ZAKAT"}
        },
        {"id": "iuran", "kind": "deduction", "label": "Koperasi", "column": "deduction", "clause": clause}
        | {"rule": {"mode": "fixed_list", "codes": ["KOPERASI"]}},
    ]
    return store_rules(changed, since=date(2024, 1, 1))


def settle_in(region: Region, bkpsdm: User) -> tuple[list[Unit], list[Employee]]:
    """The people in their two OPDs, and everything that is recorded of their May."""
    opds = [make_opd(f"7.{number:02}", f"Dinas Acak {number}") for number in (1, 2)]
    employees = []
    for number, drawn in enumerate(region.people):
        user = make_user(f"1979010120100{number:05}", f"Orang {number}", "asn")
        post = make_position(opds[drawn.opd], f"A-{number}", f"Jabatan {number}", kelas=drawn.kelas)
        golongan = "IX" if drawn.status == "PPPK" else drawn.golongan
        person = make_employee(f"Orang {number}", post, status=drawn.status, golongan=golongan, user=user)
        employees.append(person)
        live_through(person, drawn.counts, calendar_for(MAY).working_days(opds[drawn.opd].pk, MAY), bkpsdm)
        MonthlyRating.objects.create(
            employee=person,
            month=MAY.first_day,
            skp_percent=drawn.skp,
            behaviour_sum=drawn.behaviour,
            source="Uji",
        )
        if drawn.listed:
            entry = Entry(person.pk, "KOPERASI", MAY, "KSP 1", JUNE, amount=Decimal(drawn.listed))
            record_deductions(entries=[entry], source="Uji", actor=bkpsdm)
        if drawn.gives_zakat:
            give_consent(from_month=MAY, percent=Decimal("2.5"), amount=None, actor=user)
        if drawn.is_held:
            said: dict[str, Any] = {"reason": "Temuan terbuka", "basis": "LHP 1", "actor": closer("inspektorat")}
            hold_payment(employee=person, from_month=MAY, until_month=JUNE, **said)
    bases = {person.pk: Decimal(drawn.salary) for person, drawn in zip(employees, region.people, strict=True)}
    record_salary_bases(month=MAY, amounts=bases, actor=bkpsdm)
    return opds, employees


def ledger(opd: Unit, kind: str, entry: str = "net_tpp") -> Decimal:
    return LedgerEntry.objects.filter(lock__opd=opd, lock__kind=kind).by_kind().get(entry, ZERO)


def lines_are_the_slips(run: MonthRun) -> None:
    for slip in Slip.objects.filter(run=run):
        lines = list(SlipLine.objects.filter(slip=slip))
        for column, figure in COLUMNS.items():
            amounts = (line.amount or ZERO for line in lines if line.column == column)
            assert sum(amounts, ZERO) == getattr(slip, figure), (slip.pk, column)
        assert slip.gross - slip.tax - slip.contributions - slip.other_deductions + slip.rounding == slip.net
        assert slip.net >= 0
        assert slip.net == slip.net.to_integral_value()
    slips = list(Slip.objects.filter(run=run))
    totals = {"gross": run.gross_total, "tax": run.tax_total, "contributions": run.contribution_total}
    for name, total in {**totals, "net": run.net_total}.items():
        assert total == sum((getattr(slip, name) for slip in slips), ZERO), name


def differences_are_their_lines(run: MonthRun) -> None:
    for found in DifferenceSlip.objects.filter(run=run):
        assert found.new_net - found.old_net == found.net
        for column, figure in COLUMNS.items():
            lines = DifferenceLine.objects.filter(slip=found, column=column)
            assert sum((line.difference for line in lines), ZERO) == getattr(found, figure), (found.pk, column)


def listed(month: Month, kind: str, opd: Unit) -> dict[str, Decimal]:
    """The amounts of the paper by which the people are paid, by NIP, over all of its parts."""
    standing = standing_of(month, kind, opd)
    code = "pembayaran" if kind == ORDINARY else "pembayaran-selisih"
    planned = standing.opd_month.plan.paper(code)
    assert planned is not None
    found: dict[str, Decimal] = {}
    for part in standing.opd_month.parts_of(planned):
        people, total, _ = _table(standing.opd_month, planned, part)
        amounts = {nip: Decimal(str(row["Jumlah bersih"])) for nip, row in people.items()}
        assert Decimal(str(total.get("Jumlah bersih") or 0)) == sum(amounts.values(), ZERO)
        # A list of people also names those who get nothing.
        found |= {nip: amount for nip, amount in amounts.items() if amount}
    return found


def _table(opd_month: OpdMonth, planned: Any, part: str) -> Any:
    day = after(opd_month.month).date()
    paper = make(opd_month, planned, part, dressing_of(opd_month.opd, day), dated=day, is_split=True)
    content = paper_xlsx(paper, made_at=None).read()
    return table_of(content) if any("NIP" in row for row in rows_of_sheet(content)) else ({}, {}, {})


@dataclass(frozen=True)
class Files:
    """The files that leave, as somebody of BPKAD takes them."""

    client: Client

    def rows(self, month: Month, kind: str, name: str) -> Iterator[dict[str, str]]:
        with clock.at(after(JUNE)):
            answer = self.client.get(f"/tpp/pembayaran/{month}/{kind}/{name}.csv")
            assert answer.status_code == 200, name
            content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        yield from csv.DictReader(StringIO(content.decode("utf-8-sig")), delimiter=";")

    def to_the_bank(self, month: Month, kind: str) -> dict[str, Decimal]:
        return self._sums(month, kind, "bank", "NIP")

    def to_finance(self, month: Month, kind: str) -> dict[str, Decimal]:
        return self._sums(month, kind, "keuangan", "Jenis")

    def _sums(self, month: Month, kind: str, name: str, by: str) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for row in self.rows(month, kind, name):
            found[row[by]] = found.get(row[by], ZERO) + Decimal(row["Jumlah"])
        return found


def everything_is_one_sum(month: Month, kind: str, opds: Sequence[Unit], files: Files) -> None:
    bank, finance = files.to_the_bank(month, kind), files.to_finance(month, kind)
    rows = PaymentRow.objects.filter(list__parcel__month=month.first_day, list__parcel__kind=kind)
    all_listed: dict[str, Decimal] = {}
    for opd in opds:
        own = rows.filter(list__parcel__opd=opd)
        paid: dict[str, Decimal] = {}
        for row in own.select_related("employee"):
            paid[row.employee.nip] = paid.get(row.employee.nip, ZERO) + row.amount
        assert sum(paid.values(), ZERO) == ledger(opd, kind)
        for made in {row.list for row in own.select_related("list")}:
            assert made.total == sum(row.amount for row in made.rows.all())
            assert made.people == made.rows.count()
        on_paper = listed(month, kind, opd)
        held = set(
            Slip.objects.filter(opd=opd, run__month=month.first_day)
            .exclude(holds=[])
            .values_list("employee__nip", flat=True)
        )
        assert on_paper == {nip: amount for nip, amount in paid.items() if kind != ORDINARY or nip not in held}
        all_listed |= paid
    with_account = set(rows.filter(state="waiting").values_list("employee__nip", flat=True))
    assert bank == {nip: amount for nip, amount in all_listed.items() if nip in with_account}
    assert finance["Bersih"] == sum(all_listed.values(), ZERO)
    added = finance.get("Pembulatan", ZERO) + finance.get("Pengembalian", ZERO)
    assert finance["Bruto"] - finance["Potongan"] + added == finance["Bersih"]


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def files(signed_in: Callable[..., Client], bkpsdm: User) -> Files:
    return Files(signed_in(closer("bpkad")))


def test_everything_that_is_said_about_the_money_is_one_sum(
    bkpsdm: User, files: Files, run_outbox: Callable[[], int]
) -> None:
    # An example that fails is told as it is: making it smaller would take as long as a hundred of them.
    @settings(max_examples=3, phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(regions)
    @example(MIXED)
    def of_one_region(region: Region) -> None:
        before = transaction.savepoint()
        try:
            _live_and_pay(region, bkpsdm, files, run_outbox)
        finally:
            transaction.savepoint_rollback(before)

    of_one_region()


def _live_and_pay(region: Region, bkpsdm: User, files: Files, run_outbox: Callable[[], int]) -> None:
    with clock.at(_in(MAY)):
        rules_of(region)
        opds, people = settle_in(region, bkpsdm)
    with clock.at(after(MAY)):
        run = start_run(month=MAY, actor=bkpsdm)
        run_outbox()
        run.refresh_from_db()
        assert run.state == "done"
        assert list(run.issues.values_list("reason", flat=True)) == []
        lines_are_the_slips(run)
        give_accounts([person for person, drawn in zip(people, region.people, strict=True) if drawn.has_account])
        locked = [opd for opd in opds if Slip.objects.filter(run=run, opd=opd).exists()]
        for opd in locked:
            let_through(opd)
            lock = lock_prepared(month=MAY, opd=opd, actor=bkpsdm)
            sign_whole(lock)
            own = Slip.objects.filter(run=run, opd=opd)
            assert lock.net_total == sum((slip.net for slip in own.filter(holds=[])), ZERO) == ledger(opd, ORDINARY)
            assert ledger(opd, ORDINARY, "tax") == sum((slip.tax for slip in own.filter(holds=[])), ZERO)
            if lock.net_total:
                request(opd)
        if region.is_released:
            _release_everybody(run, opds=locked)
        paid = [opd for opd in locked if PaymentRow.objects.filter(list__parcel__opd=opd).exists()]
        if paid:
            everything_is_one_sum(MAY, ORDINARY, paid, files)
    assert breaches() == []
    assert all(found.is_intact for found in verify_month(MAY))
    _correct_and_pay(region, people, locked, bkpsdm, files, run_outbox)


def _in(month: Month) -> datetime:
    return after(month) - timedelta(days=20)


def _release_everybody(run: MonthRun, *, opds: Sequence[Unit]) -> None:
    for slip in Slip.objects.filter(run=run).exclude(holds=[]):
        order = OrderedHold.objects.get(employee=slip.employee)
        said: dict[str, Any] = {"reason": "Selesai", "document_number": "ND 7", "actor": closer("bkpsdm")}
        release_slip(uid=slip.uid, node_id=order.node_id, **said)
        parcel = place_of(MAY, ORDINARY, slip.opd).parcel
        if parcel is not None and parcel.payment_lists.exists():
            let_through(slip.opd)
            if slip.net:
                make_follow_up(parcel_uid=parcel.uid, actor=closer("bpkad"))
        elif slip.net:
            request(slip.opd)


def _correct_and_pay(
    region: Region,
    people: Sequence[Employee],
    opds: Sequence[Unit],
    bkpsdm: User,
    files: Files,
    run_outbox: Callable[[], int],
) -> None:
    """Nothing has changed: no difference. Then other ratings come, and what they change is one sum again."""
    with clock.at(after(JUNE)):
        same = _compared(bkpsdm, run_outbox)
        assert (same.people, DifferenceSlip.objects.filter(run=same).count()) == (0, 0)
        for person, drawn in zip(people, region.people, strict=True):
            MonthlyRating.objects.filter(employee=person).update(skp_percent=drawn.skp_later)
        run = _compared(bkpsdm, run_outbox)
        assert run.errors == 0
        differences_are_their_lines(run)
        paid = []
        for opd in Unit.objects.filter(pk__in=DifferenceSlip.objects.filter(run=run).values("opd")).order_by("code"):
            let_through(opd, JUNE, DIFFERENCE)
            lock = lock_prepared(month=JUNE, kind=DIFFERENCE, opd=opd, actor=bkpsdm)
            sign_whole(lock)
            own = DifferenceSlip.objects.filter(run=run, opd=opd)
            assert lock.net_total == sum((max(row.net, ZERO) for row in own), ZERO) == ledger(opd, DIFFERENCE)
            assert ledger(opd, DIFFERENCE, "recovery") == sum((min(row.net, ZERO) for row in own), ZERO)
            if lock.net_total:
                request(opd, JUNE, DIFFERENCE)
                paid.append(opd)
        if paid:
            everything_is_one_sum(JUNE, DIFFERENCE, paid, files)
    assert breaches() == []
    if MonthLock.objects.filter(kind=DIFFERENCE).exists():
        assert all(found.is_intact for found in verify_month(JUNE, DIFFERENCE))


def _compared(bkpsdm: User, run_outbox: Callable[[], int]) -> MonthRun:
    run = start_difference(month=JUNE, first=MAY, last=MAY, actor=bkpsdm)
    run_outbox()
    run.refresh_from_db()
    return run
