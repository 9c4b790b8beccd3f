"""Step 9: what is taken from the gross, in the order of the rule set, each with a line of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from kernel.money import decimal_text, quotient, round_rupiah, rounded

from .bearing import Taken as ListedSum
from .bearing import taken_of
from .deduction_nodes import (
    YEARLY_TAX,
    ConsentPercent,
    Deduction,
    FinalByGolongan,
    FixedList,
    SharedCapContribution,
    TerBand,
    TerTax,
)
from .errors import MissingFact, NoRuleFor
from .fields import Node
from .records import ArrearsTax, Consent
from .resolving import DatedRule
from .slips import Column
from .yearly_tax import YearlyTables, grossed_up, tax_of_year

if TYPE_CHECKING:
    from .evaluation import Calculation

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_HUNDRED: Final = Decimal(100)
_SHORT: Final = "Sisa TPP tidak cukup; {} belum terpotong."

# A sum and what its line says besides.
Taken = tuple[Decimal, dict[str, Any]]


class Taking:
    """What is taken from one payment. ``gross`` and ``pagu`` are as the rule set carries them on."""

    def __init__(self, calculation: Calculation, gross: Decimal, pagu: Decimal) -> None:
        self.calculation = calculation
        self.facts = calculation.facts
        self.prepared = calculation.prepared
        self.policy = calculation.policy
        self.nodes = self.prepared.taken_from[calculation.payment]
        self.gross = gross
        self.pagu = pagu
        self.allowance: Taken | None = None
        self.allowed = _ZERO
        self.carried: dict[Column, Decimal] = {"tax": _ZERO, "contribution": _ZERO, "deduction": _ZERO}
        self.printed = dict(self.carried)

    def gross_up(self) -> tuple[Decimal, Decimal]:
        """The tax that the region pays, which is an allowance too: as carried, and as printed."""
        for node in self.nodes:
            rule = self.rule_of(node).rule
            if isinstance(rule, TerTax) and rule.mode == "ter_gross_up":
                return self.allow(node, rule)
        return _ZERO, _ZERO

    def allow(self, node: Deduction, rule: TerTax) -> tuple[Decimal, Decimal]:
        value, more = self.effective_tax(node, rule, self.gross)
        self.allowance = value, more
        printed = rounded(self.policy.deduction, value)
        self.allowed = printed if self.policy.carry == "rounded" else value
        note = "Pajak ditanggung daerah: ditambahkan di sini, dipotong kembali sebagai pajak."
        label = f"Tunjangan {node.label}"
        self.calculation.line(
            node, "gross", "rupiah", value, column="gross", amount=printed, effect=value, label=label, note=note
        )
        return value, printed

    def deductions(self) -> tuple[dict[Column, Decimal], dict[Column, Decimal]]:
        """Sums by column: as they are carried on, and as printed."""
        is_multiplied = False
        for node in self.nodes:
            if not is_multiplied and node.column != "tax":
                self.multiply()
                is_multiplied = True
            for value, more in self.taken(node):
                figures = self.calculation.figures
                figures[node.id] = figures.get(node.id, _ZERO) + value
                self.take(node, node.column, value, more)
        if not is_multiplied:
            self.multiply()
        return self.carried, self.printed

    def take(self, node: Node, column: Column, value: Decimal, more: dict[str, Any]) -> None:
        amount = rounded(self.policy.deduction, value)
        self.carried[column] += value if self.policy.carry == "unrounded" else amount
        self.printed[column] += amount
        self.calculation.line(node, "deductions", "rupiah", value, column=column, amount=amount, **more)

    def remaining(self) -> Decimal:
        return self.gross + self.allowed - sum(self.carried.values(), _ZERO)

    def multiply(self) -> None:
        """The factors on what is left after tax."""
        calculation = self.calculation
        for multiplier in self.prepared.after_tax if calculation.payment == "month" else ():
            factor = calculation.multiplier_factor(multiplier)
            calculation.figures[multiplier.id] = factor
            if factor != _ONE:
                note = f"Dibayar {decimal_text(factor * _HUNDRED)} persen dari sisa sesudah pajak."
                self.withhold(multiplier, factor, note)
        budget = calculation.budget_node("after_tax")
        if budget is not None:
            share = self.facts.budget_factor.share if self.facts.budget_factor is not None else _ONE
            self.withhold(budget, share, calculation.budget_note())

    def withhold(self, node: Node, factor: Decimal, note: str) -> None:
        base = self.remaining()
        self.take(node, "deduction", base * (_ONE - factor), {"base": base, "rate": factor, "note": note})

    # --- each rule -------------------------------------------------------------------------------------------------

    def rule_of(self, node: Deduction) -> DatedRule:
        """The rule with the figures of this month. Raises ``NoRuleFor`` for a month before its first table."""
        for dated in self.prepared.rules[node.id]:
            if dated.from_month <= self.facts.month:
                return dated
        raise NoRuleFor("month", self.facts.month, node.id)

    def taken(self, node: Deduction) -> list[Taken]:
        dated = self.rule_of(node)
        match dated.rule:
            case FinalByGolongan():
                percent = self.golongan_percent(node, dated)
                inputs: dict[str, Any] = {"golongan": self.facts.golongan}
                return [(self.gross * percent / _HUNDRED, {"base": self.gross, "rate": percent, "inputs": inputs})]
            case TerTax() as rule:
                if rule.mode == "ter_gross_up" and self.allowance is not None:
                    return [self.allowance]
                return [self.effective_tax(node, rule, self.remaining())]
            case SharedCapContribution() as rule:
                return [self.shared_cap(node, rule)]
            case FixedList() as rule:
                return self.listed(node, rule)
            case ConsentPercent() as rule:
                return self.consented(rule)

    def golongan_percent(self, node: Deduction, dated: DatedRule) -> Decimal:
        golongan = self.facts.golongan
        if golongan is None:
            raise MissingFact("golongan", node.id)
        rates = dated.golongan.get(self.facts.status)
        if rates is None:
            raise NoRuleFor("status", self.facts.status, node.id)
        percent = rates.get(golongan.partition("/")[0])
        if percent is None:
            raise NoRuleFor("golongan", golongan, node.id)
        return percent

    def effective_tax(self, node: Deduction, rule: TerTax, remaining: Decimal) -> Taken:
        """The month's tax on salary and TPP less what salary bore; in the last tax month the rest of the year's tax.

        Raises ``NoRuleFor`` for an income above a table that ends.
        """
        facts = self.facts
        if rule.arrears == "payment" and facts.arrears_tax is not None:
            return self.tax_when_paid(node, rule, facts.arrears_tax, remaining)
        if rule.mode != "ter_own":
            settled = self.last_month_tax(node, rule, remaining)
            if settled is not None:
                return settled
        for name in ("ptkp", "salary_base", "salary_tax") if rule.mode != "ter_own" else ("ptkp",):
            if getattr(facts, name) is None:
                raise MissingFact(name, node.id)
        is_own = rule.mode == "ter_own"
        salary = _ZERO if is_own else facts.salary_base or _ZERO
        borne = _ZERO if is_own else facts.salary_tax or _ZERO
        ptkp = facts.ptkp or ""
        category = next((name for name, codes in rule.categories.items() if ptkp in codes), None)
        if category is None:
            raise NoRuleFor("ptkp", ptkp, node.id)
        inputs: dict[str, Any] = {"ptkp": ptkp, "category": category}
        if not is_own:
            inputs |= {"salary_base": salary, "salary_tax": borne}
        income = salary + self.gross
        for band in rule.tables[category]:
            tax = _ter_tax(rule, band, income, borne)
            if band.to_amount is None or income + (tax if rule.mode == "ter_gross_up" else _ZERO) <= band.to_amount:
                break
        else:
            raise NoRuleFor("income", decimal_text(income), node.id)
        tax, note = _at_most(tax, remaining, "Pajak lebih besar dari sisa TPP; dipotong sampai sisa itu.")
        return tax, {"base": income, "rate": band.percent, "inputs": inputs, "note": note}

    def tax_when_paid(self, node: Deduction, rule: TerTax, paid: ArrearsTax, remaining: Decimal) -> Taken:
        """The tax that stands, and that of the difference as income of the month in which it is paid."""
        difference = self.gross - paid.gross
        before = self.rate_on(node, rule, paid.ptkp, paid.income)
        after = self.rate_on(node, rule, paid.ptkp, max(paid.income + difference, _ZERO))
        due = max(paid.tax + after[0] - before[0], _ZERO)
        tax, short = _at_most(due, remaining, "Pajak lebih besar dari sisa TPP; dipotong sampai sisa itu.")
        inputs = {
            "ptkp": paid.ptkp,
            "month": paid.month,
            "income": paid.income,
            "difference": difference,
            "tax_before": paid.tax,
        }
        note = f"Selisih dikenai pajak sebagai penghasilan {paid.month}, bulan pembayarannya. {short}".strip()
        return tax, {"base": paid.income + difference, "rate": after[1], "inputs": inputs, "note": note}

    def rate_on(self, node: Deduction, rule: TerTax, ptkp: str, income: Decimal) -> tuple[Decimal, Decimal]:
        """The tax of a month's income and its percent. Raises ``NoRuleFor``."""
        category = next((name for name, codes in rule.categories.items() if ptkp in codes), None)
        if category is None:
            raise NoRuleFor("ptkp", ptkp, node.id)
        for band in rule.tables[category]:
            if band.to_amount is None or income <= band.to_amount:
                return income * band.percent / _HUNDRED, band.percent
        raise NoRuleFor("income", decimal_text(income), node.id)

    def last_month_tax(self, node: Deduction, rule: TerTax, remaining: Decimal) -> Taken | None:
        """The rest of the year's tax: as listed, else computed; ``None`` in a month that is not the last."""
        facts = self.facts
        yearly = [entry.amount for entry in facts.deductions if entry.code == YEARLY_TAX]
        if yearly:
            note = "Pajak setahun dikurangi pajak yang sudah dipotong, sebagaimana didaftarkan."
            return sum(yearly, _ZERO), {"inputs": {"code": YEARLY_TAX}, "note": note}
        tables = next(
            (found for month, found in self.prepared.yearly[node.id] if month <= facts.month),
            None,
        )
        if tables is not None and facts.year_income is not None:
            return self.computed_yearly(node, rule, tables, remaining)
        if facts.month.endswith("-12"):
            raise MissingFact(YEARLY_TAX if tables is None else "year_income", node.id)
        return None

    def computed_yearly(self, node: Deduction, rule: TerTax, tables: YearlyTables, remaining: Decimal) -> Taken:
        year, ptkp = self.facts.year_income, self.facts.ptkp
        if ptkp is None:
            raise MissingFact("ptkp", node.id)
        exempt = tables.exempt.get(ptkp)
        if exempt is None:
            raise NoRuleFor("ptkp", ptkp, node.id)
        if year is None:
            raise MissingFact("year_income", node.id)
        reckon = grossed_up if rule.mode == "ter_gross_up" else tax_of_year
        found = reckon(tables, exempt, year, year.gross + self.gross)
        inputs: dict[str, Any] = {
            "ptkp": ptkp,
            "year_gross": found.income,
            "job_cost": found.job_cost,
            "pension": year.pension,
            "zakat": year.zakat,
            "exempt": found.exempt,
            "taxable": found.taxable,
            "year_tax": found.due,
            "withheld": year.withheld,
        }
        if found.overpaid:
            inputs["overpaid"] = found.overpaid
            note = f"Pajak setahun sudah terpotong lebih {decimal_text(found.overpaid)}; dikembalikan kepada pegawai."
            return _ZERO, {"base": found.taxable, "inputs": inputs, "note": note}
        note = "Pajak setahun dikurangi pajak yang sudah dipotong."
        tax, short = (found.tax, "") if rule.mode == "ter_gross_up" else _at_most(found.tax, remaining, _SHORT_TAX)
        if short:
            inputs["carried"] = found.tax - tax
        return tax, {"base": found.taxable, "inputs": inputs, "note": f"{note} {short}".strip()}

    def shared_cap(self, node: Deduction, rule: SharedCapContribution) -> Taken:
        """The contribution, at most what is left of the pay: TPP that was lost leaves no debt."""
        base = self.gross if rule.base == "gross" else self.pagu
        salary = self.facts.salary_base
        if salary is None:
            raise MissingFact("salary_base", node.id)
        together = min(salary + base, rule.ceiling) * rule.percent / _HUNDRED
        borne = min(salary, rule.ceiling) * rule.percent / _HUNDRED
        if rule.round_each:
            together, borne = round_rupiah(together), round_rupiah(borne)
        due = max(together - borne, _ZERO)
        value, short = _at_most(due, self.remaining(), "Iuran lebih besar dari sisa TPP; dipotong sampai sisa itu.")
        inputs: dict[str, Any] = {"salary_base": salary, "ceiling": rule.ceiling, "borne_by_salary": borne}
        if rule.employer_percent:
            inputs["employer"] = quotient(value * rule.employer_percent, rule.percent) if rule.percent else _ZERO
        capped = salary + base >= rule.ceiling
        note = "Batas dasar iuran tercapai bersama gaji; iuran dari gaji diperhitungkan." if capped else ""
        return value, {"base": base, "rate": rule.percent, "inputs": inputs, "note": short or note}

    def listed(self, node: Deduction, rule: FixedList) -> list[Taken]:
        """The sums of the list. What the pay cannot bear is left, of the codes named last first, and said."""
        left = self.remaining()
        entries = [entry for entry in self.facts.deductions if entry.code in rule.codes]
        found = [(taken.entry.code, *self.listed_sum(node, taken)) for taken in taken_of(entries, left)]
        for consent in self.facts.consents:
            if consent.code in rule.codes:
                found.append((consent.code, *self.consent(consent, consent.base or "gross", left)))
        if rule.required and not found:
            raise MissingFact("deductions", node.id)
        if rule.when_short == "refuse" or sum((value for _, value, _ in found), _ZERO) <= left:
            return [(value, more) for _, value, more in found]
        # Whole rupiah: nothing that was listed is taken in part of a rupiah.
        left = rounded("truncate_rupiah", max(left, _ZERO))
        taken: dict[int, Taken] = {}
        for place in sorted(range(len(found)), key=lambda place: rule.codes.index(found[place][0])):
            _, value, more = found[place]
            part = min(value, left)
            left -= part
            if part < value:
                inputs = {**more["inputs"], "carried": value - part}
                more = {**more, "inputs": inputs, "note": _SHORT.format(decimal_text(value - part))}
            taken[place] = part, more
        return [taken[place] for place in range(len(found))]

    def listed_sum(self, node: Deduction, taken: ListedSum) -> Taken:
        """A listed sum as the month takes it; one that has a limit says how much was due."""
        entry = taken.entry
        inputs: dict[str, Any] = {"code": entry.code}
        more: dict[str, Any] = {"label": entry.label or node.label, "inputs": inputs}
        if taken.base is not None:
            inputs["due"] = entry.amount
            more |= {"base": taken.base, "rate": entry.most_percent}
            if taken.is_part:
                more["note"] = "Dipotong sebagian; sisanya pada bulan berikutnya."
        return taken.value, more

    def consented(self, rule: ConsentPercent) -> list[Taken]:
        """What the person agreed to under the rule's code, else the rule's percent for those with its flag."""
        remaining = self.remaining()
        found = [
            self.consent(consent, consent.base or rule.base, remaining)
            for consent in self.facts.consents
            if rule.code is not None and consent.code == rule.code
        ]
        if not found and rule.flag in self.facts.flags:
            base = self.gross if rule.base == "gross" else remaining
            return [(base * rule.percent / _HUNDRED, {"base": base, "rate": rule.percent})]
        taken = []
        for value, more in found:
            part, note = _at_most(value, remaining, "Sisa TPP tidak cukup; dipotong sampai sisa itu.")
            remaining -= part
            taken.append((part, {**more, "note": note}))
        return taken

    def consent(self, consent: Consent, base: str, remaining: Decimal) -> Taken:
        inputs = {"code": consent.code}
        if consent.reference:
            inputs["reference"] = consent.reference
        if consent.percent is None:
            return consent.amount or _ZERO, {"inputs": inputs}
        of = self.gross if base == "gross" else remaining
        return of * consent.percent / _HUNDRED, {"base": of, "rate": consent.percent, "inputs": inputs}


_SHORT_TAX: Final = "Pajak lebih besar dari sisa TPP; dipotong sampai sisa itu, selebihnya masih terutang."


def _at_most(value: Decimal, remaining: Decimal, note: str) -> tuple[Decimal, str]:
    """The value, or what is left of the pay with the note that says so."""
    left = max(remaining, _ZERO)
    return (left, note) if value > left else (value, "")


def _ter_tax(rule: TerTax, band: TerBand, income: Decimal, borne: Decimal) -> Decimal:
    """The tax at this band's rate. Grossed up it is income itself: ``t = r (income + t) - borne``."""
    due = income * band.percent - borne * _HUNDRED
    if rule.mode == "ter_gross_up":
        return max(quotient(due, _HUNDRED - band.percent), _ZERO)
    return max(due / _HUNDRED, _ZERO)
