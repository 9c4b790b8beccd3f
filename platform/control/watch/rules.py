"""What a detection says, read from its data: no database in here.

A rule has one step (how many, how many different, in which ratio, how large a sum, within a window, by group) or
several, which must follow one another in the same group. Correlation types as in Sigma: event_count, value_count,
temporal_ordered. Source: security note, 4.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.watching.names import KINDS, Severity

# By what events are one group; an event that has no such value belongs to none.
GROUPS: Final[Mapping[str, str | Promise]] = {
    "region": _("Wilayah"),
    "person": _("Pengguna"),
    "subject": _("Objek"),
    "ip": _("Alamat jaringan"),
    "agent": _("Perangkat (sidik)"),
    "name": _("Jenis peristiwa"),
    "facts.print": _("Sidik teks"),
    "facts.password_bucket": _("Kelompok kata sandi"),
    "facts.host": _("Host"),
    "facts.signature": _("Tanda serangan"),
}
# The operators' side has no region and a program need not describe itself: both are groups of their own.
MAY_BE_EMPTY: Final = frozenset({"region", "agent"})
DISTINCT: Final[Mapping[str, str | Promise]] = {
    "subject": _("akun atau objek"),
    "person": _("pengguna"),
    "region": _("wilayah"),
    "ip": _("alamat jaringan"),
    "facts.path": _("alamat halaman"),
}
# What a rule may add up, with the word for its number.
SUMS: Final[Mapping[str, str | Promise]] = {
    "facts.rows": _("baris"),
    "facts.count": _("data"),
    "facts.km": _("kilometer"),
}
# Nobody is suspected for an address alone: behind one stands a whole office.
ADDRESS: Final = frozenset({"ip", "agent", "region"})
SIGN_INS: Final = frozenset({"authn_login_fail", "authn_login_success", "authn_login_fail_max", "mfa_fail"})
LONGEST_WINDOW: Final = timedelta(days=7)


class RuleUnreadable(ValueError):
    """The data say no rule. `part` is the key that is wrong, `why` the words for it."""

    def __init__(self, part: str, why: str | Promise) -> None:
        self.part, self.why = part, why
        super().__init__(f"{part}: {why}")


@dataclass(frozen=True, slots=True)
class Step:
    """Events by name and by facts, each fact one of the given values (as text)."""

    names: tuple[str, ...]
    match: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def fits(self, event: Any) -> bool:
        return event.name in self.names and all(
            value_of(event, f"facts.{key}") in allowed for key, allowed in self.match.items()
        )


@dataclass(frozen=True, slots=True)
class Escalation:
    """When the hit is graver: all that is given holds."""

    severity: Severity
    followed_by: Step | None = None
    count: int = 0
    distinct_of: str = ""
    distinct: int = 0
    outside_hours: bool = False
    match: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One detection. Bounds of 0 ask for nothing; all that are given must hold together."""

    steps: tuple[Step, ...]
    group_by: tuple[str, ...]
    window: timedelta
    severity: Severity
    count: int = 1
    distinct_of: str = ""
    distinct: int = 0
    # Share of the step's events among these and those `against`, in percent.
    ratio: int = 0
    against: tuple[Step, ...] = ()
    sum_of: str = ""
    sum: int = 0
    # So many times what was usual for the group: the 95th percentile of `sum_of` in the 30 days before.
    usual_times: int = 0
    # From the first to the last event.
    span: timedelta = timedelta()
    outside_hours: bool = False
    office_from: int = 7
    office_to: int = 17
    escalations: tuple[Escalation, ...] = ()
    suppress: timedelta = timedelta(hours=1)
    incident_kind: str = ""
    incident_key: str = ""
    # From this severity on a hit becomes an incident.
    incident_from: Severity = Severity.MEDIUM

    @property
    def is_sequence(self) -> bool:
        return len(self.steps) > 1

    @property
    def kind(self) -> str:
        """The correlation type, for what the page says."""
        if self.is_sequence:
            return "sequence"
        if self.ratio:
            return "ratio"
        if self.sum_of:
            return "sum"
        return "distinct" if self.distinct else "count"

    @property
    def touched_by(self) -> frozenset[str]:
        """An event of these names may bring a hit about, or make one graver."""
        followers = [item.followed_by for item in self.escalations if item.followed_by is not None]
        return frozenset(name for step in (*self.steps, *followers) for name in step.names)

    @property
    def reads(self) -> frozenset[str]:
        """All names that it looks at."""
        return self.touched_by | {name for step in self.against for name in step.names}

    def group_of(self, event: Any) -> tuple[str, ...] | None:
        """The values of the group that this event belongs to, or None."""
        values = tuple(value_of(event, part) for part in self.group_by)
        if any(not value and part not in MAY_BE_EMPTY for part, value in zip(self.group_by, values, strict=True)):
            return None
        return values

    def is_outside_hours(self, event: Any) -> bool:
        """Outside of the region's office hours, or at the weekend. Holidays are not known here."""
        return event.local_weekday > 4 or not self.office_from <= event.local_hour < self.office_to

    def counts(self, event: Any) -> bool:
        """Whether this event counts towards the bounds of a rule with one step."""
        return self.steps[0].fits(event) and (not self.outside_hours or self.is_outside_hours(event))


def value_of(event: Any, part: str) -> str:
    """The text of a column or of a fact; "" for none."""
    if part.startswith("facts."):
        value = event.facts.get(part[6:])
        if isinstance(value, bool):
            return "true" if value else "false"
    else:
        value = getattr(event, part)
    return "" if value is None else str(value)


def read_rule(content: Mapping[str, Any]) -> Rule:
    """The rule that these data say. Raises RuleUnreadable."""
    try:
        rule = _read(content)
    except RuleUnreadable:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RuleUnreadable("", str(error)) from error
    _check(rule)
    return rule


def _read(content: Mapping[str, Any]) -> Rule:
    whole = dict(content)
    distinct, ratio, total = whole.get("distinct") or {}, whole.get("ratio") or {}, whole.get("sum") or {}
    incident = whole.get("incident") or {}
    return Rule(
        steps=tuple(_step(step) for step in whole["steps"]),
        group_by=tuple(whole["group_by"]),
        window=timedelta(seconds=int(whole["window"])),
        severity=Severity(whole["severity"]),
        count=int(whole.get("count", 1)),
        distinct_of=str(distinct.get("of", "")),
        distinct=int(distinct.get("least", 0)),
        ratio=int(ratio.get("least", 0)),
        against=tuple(_step(step) for step in ratio.get("against", ())),
        sum_of=str(total.get("of", "")),
        sum=int(total.get("least", 0)),
        usual_times=int(total.get("usual_times", 0)),
        span=timedelta(seconds=int(whole.get("span", 0))),
        outside_hours=bool(whole.get("outside_hours", False)),
        office_from=int(whole.get("office_from", 7)),
        office_to=int(whole.get("office_to", 17)),
        escalations=tuple(_escalation(item) for item in whole.get("escalations", ())),
        suppress=timedelta(seconds=int(whole.get("suppress", 3600))),
        incident_kind=str(incident.get("kind", "")),
        incident_key=str(incident.get("key", "")),
        incident_from=Severity(incident.get("from", "medium")),
    )


def _step(data: Mapping[str, Any]) -> Step:
    return Step(tuple(data["names"]), _match(data.get("match") or {}))


def _match(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {
        key: tuple(_text(value) for value in (values if isinstance(values, list | tuple) else [values]))
        for key, values in data.items()
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _escalation(data: Mapping[str, Any]) -> Escalation:
    follower = data.get("followed_by")
    distinct = data.get("distinct") or {}
    return Escalation(
        severity=Severity(data["severity"]),
        followed_by=_step(follower) if follower else None,
        count=int(data.get("count", 0)),
        distinct_of=str(distinct.get("of", "")),
        distinct=int(distinct.get("least", 0)),
        outside_hours=bool(data.get("outside_hours", False)),
        match=_match(data.get("match") or {}),
    )


def _check(rule: Rule) -> None:
    if not rule.steps or not all(step.names for step in rule.steps):
        raise RuleUnreadable("steps", _("Pilih paling sedikit satu jenis peristiwa."))
    unknown = sorted(rule.reads - KINDS.keys())
    if unknown:
        raise RuleUnreadable("steps", f"? {', '.join(unknown)}")
    if not rule.group_by or set(rule.group_by) - GROUPS.keys():
        raise RuleUnreadable("group_by", _("Pilih paling sedikit satu pengelompokan."))
    if not timedelta(seconds=1) <= rule.window <= LONGEST_WINDOW:
        raise RuleUnreadable("window", _("Jendela waktu 1 detik sampai 7 hari."))
    if rule.count < 1:
        raise RuleUnreadable("count", _("Jumlah paling sedikit 1."))
    if rule.suppress < timedelta():
        raise RuleUnreadable("suppress", _("Waktu jeda tidak boleh negatif."))
    if not 0 <= rule.office_from < rule.office_to <= 24:
        raise RuleUnreadable("office_from", _("Jam kantor dimulai sebelum berakhir."))
    if not 0 <= rule.ratio <= 100:
        raise RuleUnreadable("ratio", _("Persentase 0 sampai 100."))
    for part in (rule.distinct_of, *(item.distinct_of for item in rule.escalations)):
        if part and part not in DISTINCT:
            raise RuleUnreadable("distinct", f"? {part}")
    if bool(rule.distinct_of) != bool(rule.distinct):
        raise RuleUnreadable("distinct", _("Sebutkan apa yang berbeda dan berapa banyaknya."))
    if rule.sum_of and rule.sum_of not in SUMS:
        raise RuleUnreadable("sum", f"? {rule.sum_of}")
    if rule.usual_times and not rule.sum_of:
        raise RuleUnreadable("sum", _("Kelipatan dari kebiasaan memerlukan jumlah yang dihitung."))
    about_sign_ins = any(SIGN_INS & set(step.names) for step in rule.steps)
    if about_sign_ins and set(rule.group_by) <= ADDRESS and not (rule.distinct and rule.ratio):
        raise RuleUnreadable(
            "group_by",
            _(
                "Satu alamat jaringan dapat dipakai seluruh kantor. Percobaan masuk yang dikelompokkan menurut alamat "
                "memerlukan jumlah akun yang berbeda dan persentase gagal."
            ),
        )


@dataclass(slots=True)
class Hit:
    """A group for which a rule held."""

    group: tuple[str, ...]
    severity: Severity
    first_at: Any
    last_at: Any
    count: int
    distinct: int = 0
    total: int = 0
    regions: tuple[str, ...] = ()


@dataclass(slots=True)
class Tally:
    """What a window of one group adds up to."""

    count: int = 0
    distinct: int = 0
    against: int = 0
    total: int = 0
    first_at: Any = None
    last_at: Any = None
    # What is asked about each escalation, in its order: (followed, distinct, outside hours, matched).
    signs: Sequence[tuple[bool, int, bool, bool]] = ()
    usual: int = 0


def holds(rule: Rule, tally: Tally) -> bool:
    """Whether a rule with one step holds for this window."""
    if tally.count < rule.count or tally.distinct < rule.distinct:
        return False
    if rule.ratio and 100 * tally.count < rule.ratio * (tally.count + tally.against):
        return False
    if rule.sum and tally.total < rule.sum:
        return False
    if rule.usual_times and (not tally.usual or tally.total <= rule.usual_times * tally.usual):
        return False
    return not rule.span or (tally.last_at - tally.first_at) >= rule.span


def severity_of(rule: Rule, tally: Tally) -> Severity:
    """How grave the hit is, by the gravest escalation that holds."""
    found = [rule.severity]
    for item, (followed, distinct, outside, matched) in zip(rule.escalations, tally.signs, strict=True):
        asked = [
            item.followed_by is None or followed,
            tally.count >= item.count,
            distinct >= item.distinct,
            outside or not item.outside_hours,
            matched or not item.match,
        ]
        if all(asked):
            found.append(item.severity)
    return max(found, key=lambda level: level.rank)
