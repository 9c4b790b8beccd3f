"""The sums of a try-out, made once at its end by the database, kept as JSON with figures as text, and read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Avg, Count, F, Q, Sum
from django.utils.translation import gettext as _

from kernel.money import decimal_text, exact, round_rupiah
from tenants.rules.loading import loaded
from tenants.tpp.models import MonthFacts, RunIssue, Slip
from tenants.tryout.models import TryOutMonth, TryOutPerson
from tenants.tryout.querysets import TryOutPersonQuerySet

TEN = 10
MOST_REASONS = 20
_ZERO = Decimal(0)

# What each node brought to the net by the old rules: the stored lines of the people who are compared.
_OLD_NODES = """
    SELECT l.node_id, min(l.label), sum(CASE l."column"
        WHEN 'pagu' THEN l.amount WHEN 'rounding' THEN l.amount
        WHEN 'tax' THEN -l.amount WHEN 'contribution' THEN -l.amount WHEN 'deduction' THEN -l.amount
        ELSE coalesce(l.effect, 0) END)
    FROM tpp_slipline l
    JOIN tpp_slip s ON s.id = l.slip_id
    JOIN tryout_tryoutperson p ON p.employee_id = s.employee_id AND p.month_id = %s
    WHERE s.run_id = %s AND p.status IN ('gain', 'loss', 'same') AND (l."column" <> '' OR l.effect IS NOT NULL)
    GROUP BY l.node_id
"""


@dataclass(frozen=True, slots=True)
class Sums:
    """Old and new pay of the same people, rupiah."""

    old: Decimal
    new: Decimal

    @property
    def difference(self) -> Decimal:
        return self.new - self.old

    @property
    def share(self) -> Decimal | None:
        """The difference as a share of the old sum, four decimals; None without an old sum."""
        return (self.difference / self.old).quantize(Decimal("0.0001")) if self.old else None


@dataclass(frozen=True, slots=True)
class Heads:
    """How many people gain, lose, stay, are new, cannot be computed."""

    gain: int = 0
    loss: int = 0
    same: int = 0
    new: int = 0
    error: int = 0

    @property
    def compared(self) -> int:
        return self.gain + self.loss + self.same


@dataclass(frozen=True, slots=True)
class MonthSums:
    month: date
    sums: Sums
    gross: Sums
    heads: Heads
    # Old net of those whom the new rules cannot compute, in no sum above.
    error_net: Decimal
    without_facts: int
    practice: int


@dataclass(frozen=True, slots=True)
class OpdSums:
    code: str
    name: str
    people: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class KelasSums:
    """Averages of a person-month in one class."""

    kelas: int | None
    people: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class NodeSums:
    node_id: str
    label: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class PersonSums:
    uid: UUID
    name: str
    nip: str
    opd: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class Reason:
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Summary:
    """All of it; `heads` are people over all months together, `unseen` what the frozen facts cannot show."""

    sums: Sums
    gross: Sums
    heads: Heads
    error_rows: int
    error_net: Decimal
    months: tuple[MonthSums, ...] = ()
    opds: tuple[OpdSums, ...] = ()
    classes: tuple[KelasSums, ...] = ()
    nodes: tuple[NodeSums, ...] = ()
    gains: tuple[PersonSums, ...] = ()
    losses: tuple[PersonSums, ...] = ()
    reasons: tuple[Reason, ...] = ()
    without_facts: int = 0
    practice: int = 0
    unseen: tuple[str, ...] = field(default=())


# --- writing ---------------------------------------------------------------------------------------------------------


def summary_of(months: Sequence[TryOutMonth]) -> dict[str, Any]:
    """Everything that the pages and papers show, in JSON's own types. A fixed number of statements for each month."""
    people = TryOutPerson.objects.filter(month__in=months)
    compared = people.compared()
    return {
        "months": [_month(month) for month in months],
        "heads": _heads_of_people(people),
        "opds": [
            {"code": row["opd__code"], "name": row["opd__name"], "people": row["people"], **_texts(row)}
            for row in compared.values("opd__code", "opd__name")
            .annotate(people=Count("employee", distinct=True), old=Sum("old_net"), new=Sum("new_net"))
            .order_by("opd__code")
        ],
        "classes": [
            {"kelas": row["kelas"], "people": row["people"], **_whole(row)}
            for row in compared.values("kelas")
            .annotate(people=Count("employee", distinct=True), old=Avg("old_net"), new=Avg("new_net"))
            .order_by(F("kelas").desc(nulls_last=True))
        ],
        "nodes": _nodes(months),
        "gains": _extremes(compared, "-total"),
        "losses": _extremes(compared, "total"),
        "reasons": [
            {"words": row["reason"], "count": row["people"]}
            for row in people.filter(status="error")
            .values("reason")
            .annotate(people=Count("pk"))
            .order_by("-people", "reason")[:MOST_REASONS]
        ],
    }


def _month(month: TryOutMonth) -> dict[str, Any]:
    people = TryOutPerson.objects.filter(month=month)
    counts = {
        f"heads_{status}": Count("pk", filter=Q(status=status)) for status in ("gain", "loss", "same", "new", "error")
    }
    compared = Q(status__in=["gain", "loss", "same"])
    row = people.aggregate(
        **counts,
        old=Sum("old_net", filter=compared),
        new=Sum("new_net", filter=compared),
        old_gross_sum=Sum("old_gross", filter=compared),
        new_gross_sum=Sum("new_gross", filter=compared),
        error_net=Sum("old_net", filter=Q(status="error")),
    )
    frozen = MonthFacts.objects.filter(run=month.run).values("employee")
    return {
        "month": month.month.isoformat(),
        "heads": {name.removeprefix("heads_"): row[name] for name in counts},
        **_texts(row),
        "gross": _texts({"old": row["old_gross_sum"], "new": row["new_gross_sum"]}),
        "error_net": _text(row["error_net"]),
        "without_facts": RunIssue.objects.filter(run=month.run).errors().exclude(employee__in=frozen).count(),
        "practice": Slip.objects.filter(run=month.run, is_practice=True).count(),
    }


def _heads_of_people(people: TryOutPersonQuerySet) -> dict[str, int]:
    """Each person once, by the sum of the differences over the months that could be compared."""
    rows = people.values("employee").annotate(
        total=Sum("difference"),
        compared=Count("pk", filter=Q(status__in=["gain", "loss", "same"])),
        fresh=Count("pk", filter=Q(status="new")),
    )
    heads = {"gain": 0, "loss": 0, "same": 0, "new": 0, "error": 0}
    for total, compared, fresh in rows.values_list("total", "compared", "fresh"):
        if not compared:
            heads["new" if fresh else "error"] += 1
        else:
            heads["gain" if total > 0 else "loss" if total < 0 else "same"] += 1
    return heads


def _extremes(compared: TryOutPersonQuerySet, order: str) -> list[dict[str, Any]]:
    """The ten people whose months together change the most in one direction."""
    rows = (
        compared.values("employee__uid", "employee__name", "employee__nip")
        .annotate(total=Sum("difference"), old=Sum("old_net"), new=Sum("new_net"))
        .filter(**({"total__gt": 0} if order.startswith("-") else {"total__lt": 0}))
        .order_by(order, "employee__nip")[:TEN]
    )
    found = list(rows)
    opds = dict(
        compared.filter(employee__uid__in=[row["employee__uid"] for row in found])
        .order_by("month__month")
        .values_list("employee__uid", "opd__name")
    )
    return [
        {
            "uid": str(row["employee__uid"]),
            "name": row["employee__name"],
            "nip": row["employee__nip"],
            "opd": opds.get(row["employee__uid"], ""),
            **_texts(row),
        }
        for row in found
    ]


def _nodes(months: Sequence[TryOutMonth]) -> list[dict[str, Any]]:
    """What each node brings to the net, by the old and the new rules, the largest change first."""
    labels: dict[str, str] = {}
    old: dict[str, Decimal] = {}
    new: dict[str, Decimal] = {}
    for month in months:
        with connection.cursor() as cursor:
            cursor.execute(_OLD_NODES, [month.pk, month.run_id])
            for node_id, label, part in cursor.fetchall():
                labels.setdefault(node_id, label)
                old[node_id] = old.get(node_id, _ZERO) + part
        for node in loaded(month.run.rule_set).walk():
            labels[node[1].id] = node[1].label
        for node_id, entry in month.nodes.items():
            labels.setdefault(node_id, entry["label"])
            new[node_id] = new.get(node_id, _ZERO) + exact(entry["new"])
    changed = [
        (new.get(node_id, _ZERO) - old.get(node_id, _ZERO), node_id)
        for node_id in {**old, **new}
        if new.get(node_id, _ZERO) != old.get(node_id, _ZERO)
    ]
    changed.sort(key=lambda entry: (-abs(entry[0]), entry[1]))
    return [
        {
            "node_id": node_id,
            "label": labels.get(node_id, node_id),
            **_whole({"old": old.get(node_id), "new": new.get(node_id)}),
        }
        for _difference, node_id in changed[:TEN]
    ]


def _text(value: Decimal | None) -> str:
    return decimal_text(value.quantize(Decimal("0.01")) if value is not None else _ZERO)


def _whole(row: Mapping[str, Any]) -> dict[str, str]:
    """Averages and what nodes bring are shown in whole rupiah: they are nobody's pay."""
    return {name: decimal_text(round_rupiah(row[name] or _ZERO)) for name in ("old", "new")}


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {"old": _text(row["old"]), "new": _text(row["new"])}


# --- reading ---------------------------------------------------------------------------------------------------------


def read(stored: dict[str, Any], unseen: Sequence[str] = ()) -> Summary:
    """What `summary_of` made, as figures."""
    months = tuple(
        MonthSums(
            month=date.fromisoformat(row["month"]),
            sums=_sums(row),
            gross=_sums(row["gross"]),
            heads=Heads(**row["heads"]),
            error_net=exact(row["error_net"]),
            without_facts=row["without_facts"],
            practice=row["practice"],
        )
        for row in stored["months"]
    )
    return Summary(
        sums=_all([month.sums for month in months]),
        gross=_all([month.gross for month in months]),
        heads=Heads(**stored["heads"]),
        error_rows=sum(month.heads.error for month in months),
        error_net=sum((month.error_net for month in months), _ZERO),
        months=months,
        opds=tuple(OpdSums(row["code"], row["name"], row["people"], _sums(row)) for row in stored["opds"]),
        classes=tuple(KelasSums(row["kelas"], row["people"], _sums(row)) for row in stored["classes"]),
        nodes=tuple(NodeSums(row["node_id"], row["label"], _sums(row)) for row in stored["nodes"]),
        gains=tuple(_person(row) for row in stored["gains"]),
        losses=tuple(_person(row) for row in stored["losses"]),
        reasons=tuple(Reason(row["words"] or _("Tanpa keterangan."), row["count"]) for row in stored["reasons"]),
        without_facts=sum(month.without_facts for month in months),
        practice=sum(month.practice for month in months),
        unseen=tuple(unseen),
    )


def _sums(row: dict[str, Any]) -> Sums:
    return Sums(exact(row["old"]), exact(row["new"]))


def _all(parts: Sequence[Sums]) -> Sums:
    return Sums(sum((part.old for part in parts), _ZERO), sum((part.new for part in parts), _ZERO))


def _person(row: dict[str, Any]) -> PersonSums:
    return PersonSums(UUID(row["uid"]), row["name"], row["nip"], row["opd"], _sums(row))
