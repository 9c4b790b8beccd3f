"""Amounts that do not add up, exceed what the post allows, or jump."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from django.db.models import Avg, Count, F, Sum
from django.utils.translation import gettext_lazy as _

from kernel.among import among_keys
from tenants.preaudit.checks.registry import BPK, Found, Mend, as_facts, check
from tenants.preaudit.subject import Subject
from tenants.rules.engine import national
from tenants.tpp.models import SalaryBase, Slip, SlipLine

# What may lift a gross above the pagu by rule: an acting post, a bonus, a tax that the region bears.
_LIFTING: Final = ("acting_rule", "bonus", "deduction")
# The column of a line, and the total of the slip that it adds to.
_COLUMNS: Final = {
    "pagu": "pagu",
    "gross": "gross",
    "tax": "tax",
    "contribution": "contributions",
    "deduction": "other_deductions",
    "rounding": "rounding",
}
JUMP: Final = Decimal("1.5")
SMALLEST_JUMP: Final = Decimal(500_000)
MONTHS_BEFORE: Final = 3


@check(
    "above_pagu",
    title=_("Melebihi pagu"),
    words=_("Bruto %(gross)s melebihi pagu %(pagu)s, lebih dari selisih pembulatan %(tolerance)s."),
    mend=Mend.SLIP,
    is_grave=True,
    source=_("TPP tidak melebihi pagunya; toleransinya hanya pembulatan tiap bagian."),
)
def above_pagu(subject: Subject) -> Iterator[Found]:
    """Gross beyond the pagu and the rupiah that rounding each criterion may add, without a line that lifts it."""
    rows = list(subject.slips().filter(gross__gt=F("pagu")).order_by("employee_id"))
    lines = SlipLine.objects.filter(slip__in=[slip.pk for slip in rows], kind__in=_LIFTING, effect__gt=0)
    lifted_by = dict(lines.order_by().values_list("slip").annotate(total=Sum("effect")))
    for slip in rows:
        tolerance = Decimal(max(len(slip.criteria), 1))
        if slip.gross > slip.pagu + lifted_by.get(slip.pk, 0) + tolerance:
            yield Found(slip.employee_id, as_facts(gross=slip.gross, pagu=slip.pagu, tolerance=tolerance))


@check(
    "lines_do_not_add_up",
    title=_("Rincian tidak sama dengan jumlah slip"),
    words=_("Jumlah baris %(column)s adalah %(lines)s, sedangkan slip mencatat %(slip)s."),
    mend=Mend.RUN,
    is_grave=True,
    source=_("Jumlah baris sama dengan jumlah slip."),
)
def lines_do_not_add_up(subject: Subject) -> Iterator[Found]:
    """The printed lines of a column give another total than the slip."""
    sums: dict[int, dict[str, Decimal]] = {}
    lines = SlipLine.objects.filter(subject.among_slips("slip")).exclude(column="").order_by()
    for slip_id, column, total in lines.values_list("slip_id", "column").annotate(total=Sum("amount")):
        sums.setdefault(slip_id, {})[column] = total
    for slip in Slip.objects.filter(among_keys("pk", sums)).order_by("employee_id"):
        for column, attribute in _COLUMNS.items():
            found, printed = sums[slip.pk].get(column, Decimal(0)), getattr(slip, attribute)
            if found != printed:
                yield Found(slip.employee_id, as_facts(column=column, lines=found, slip=printed))
                break


@check(
    "paid_in_two_opds",
    title=_("Dibayar oleh dua OPD"),
    words=_("Untuk bulan ini sudah dikunci slip %(net)s pada %(opd)s."),
    mend=Mend.SLIP,
    is_grave=True,
    source=BPK,
)
def paid_in_two_opds(subject: Subject) -> Iterator[Found]:
    """The person has a payable slip in another OPD's locked run of the same month and kind."""
    others = (
        Slip.objects.payable()
        .locked()
        .filter(
            subject.among_paid("employee"),
            net__gt=0,
            run__month=subject.run.month,
            run__kind=subject.run.kind,
        )
    )
    for slip in others.select_related("opd").order_by("employee_id", "pk"):
        if slip.opd_id != subject.payees[slip.employee_id].opd_id:
            yield Found(slip.employee_id, as_facts(net=slip.net, opd=slip.opd.name))


@check(
    "contribution_above_the_ceiling",
    title=_("Iuran melewati plafon bersama gaji"),
    words=_("Iuran %(contribution)s ditambah iuran dari gaji %(salary)s melewati %(most)s."),
    mend=Mend.SLIP,
    source=_("Perpres 82/2018 jo 64/2020"),
)
def contribution_above_the_ceiling(subject: Subject) -> Iterator[Found]:
    """What salary bears and what the slip takes are together beyond the worker's most, by more than a rupiah."""
    table = national.in_force("bpjs_kesehatan", subject.month.first_day)
    if table is None:
        return
    ceiling, share = Decimal(table.content["ceiling"]), Decimal(table.content["percent"]) / 100
    salaries = dict(
        SalaryBase.objects.filter(subject.among_people("employee"), month=subject.run.month).values_list(
            "employee_id", "amount"
        )
    )
    for slip in subject.slips().filter(contributions__gt=0).order_by("employee_id"):
        salary = salaries.get(slip.employee_id)
        if salary is not None and min(salary, ceiling) * share + slip.contributions > ceiling * share + 1:
            facts = as_facts(contribution=slip.contributions, salary=salary, most=ceiling * share)
            yield Found(slip.employee_id, facts)


@check(
    "jump",
    title=_("Jauh di atas bulan-bulan sebelumnya"),
    words=_("Bruto %(gross)s, sedangkan rata-rata %(months)s bulan sebelumnya %(mean)s."),
    mend=Mend.SLIP,
    source=_("Lonjakan tanpa sebab adalah tanda salah data."),
)
def jump(subject: Subject) -> Iterator[Found]:
    """At least half above the mean of the last three locked months, and by at least Rp 500,000."""
    month = subject.month
    first = month
    for _step in range(MONTHS_BEFORE):
        first = first.previous
    former = (
        Slip.objects.locked()
        .filter(
            subject.among_paid("employee"),
            run__kind="ordinary",
            run__month__gte=first.first_day,
            run__month__lt=month.first_day,
        )
        .order_by()
        .values("employee")
        .annotate(mean=Avg("gross"), months=Count("pk"))
    )
    means = {row["employee"]: (row["mean"], row["months"]) for row in former}
    for slip in subject.slips().filter(among_keys("employee", means)).order_by("employee_id"):
        mean, months = means[slip.employee_id]
        if slip.gross > mean * JUMP and slip.gross - mean >= SMALLEST_JUMP:
            yield Found(slip.employee_id, as_facts(gross=slip.gross, months=months, mean=mean.quantize(Decimal(1))))
