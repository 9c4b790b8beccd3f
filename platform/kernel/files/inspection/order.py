"""The order in which a file is looked at. The first step that refuses ends it; whatever goes wrong is a refusal.

Two passes, because the second may be slow without being an attack: `look_inside` decides whether the bytes can be
taken, `read_words` judges what they say. Source: security note 3.2.
"""

from __future__ import annotations

from collections.abc import Callable

from kernel.files.inspection import archives, markup, office, pdf, pictures, rules, texts
from kernel.files.inspection.adverts import judge_name, judge_words
from kernel.files.inspection.findings import Finding, Report, Stop, Verdict, reject
from kernel.files.inspection.kinds import (
    DOCUMENTS,
    OFFICE,
    PICTURES,
    TEXTS,
    Kind,
    check_kind,
    check_polyglot,
    claimed_kind,
)
from kernel.files.inspection.limits import MAX_FILE_BYTES
from kernel.files.inspection.names import check_name
from kernel.files.inspection.pictures import Wanted
from kernel.judol.linear import shipped


def warm_up() -> None:
    """Compile the rules and read the word lists, so that no file's time is spent on it."""
    rules.match_rules(b"")
    judge_name("surat tugas")
    shipped()


def check_cheaply(name: str, content: bytes, allowed: frozenset[Kind] = DOCUMENTS) -> Kind:
    """What needs no parser: size, name, and that the beginning is of the claimed kind. Raises Stop."""
    if not content:
        raise reject("size", "empty")
    if len(content) > MAX_FILE_BYTES:
        raise reject("size", "too_large", len(content))
    check_name(name)
    kind = claimed_kind(name, allowed)
    check_kind(content, kind)
    return kind


def look_inside(
    content: bytes, name: str, allowed: frozenset[Kind] = DOCUMENTS, wanted: Wanted | None = None
) -> Report:
    """Everything but the words. Never raises: what cannot be looked at is refused."""
    report = Report()
    try:
        report.steps += ["size", "name", "kind"]
        kind = check_cheaply(name, content, allowed)
        report.kind = kind
        for step, look in _looks(content, kind, wanted, report):
            report.steps.append(step)
            report.add(look())
    except Stop as stop:
        report.add(stop.findings)
    except MemoryError:
        raise
    except Exception as error:
        # A parser's own mistake over somebody's file is no reason to take the file.
        report.add([Finding(report.steps[-1], "unreadable", Verdict.REJECT, type(error).__name__)])
    return report


def _looks(
    content: bytes, kind: Kind, wanted: Wanted | None, report: Report
) -> list[tuple[str, Callable[[], list[Finding]]]]:
    def polyglot() -> list[Finding]:
        check_polyglot(content, kind)
        return []

    def signatures() -> list[Finding]:
        rules.check_rules(content)
        return []

    def picture() -> list[Finding]:
        report.made, report.facts = pictures.make_anew(content, kind, wanted)
        # Whatever the sender hid is gone: the rules are asked about what will be handed out.
        rules.check_rules(report.made)
        return []

    found: list[tuple[str, Callable[[], list[Finding]]]] = [("polyglot", polyglot)]
    if kind in PICTURES:
        return [*found, ("picture", picture)]
    found.append(("tags", lambda: markup.check_tags(content, is_pdf=kind is Kind.PDF)))
    if kind is Kind.PDF:
        found.append(("structure", lambda: pdf.check_pdf(content)))
    elif kind in OFFICE:
        found.append(("structure", lambda: office.check_office(content, kind, archives.Budget())))
    elif kind in TEXTS:
        found.append(("structure", lambda: texts.check_text(content, kind)))
    return [*found, ("rules", signatures)]


def read_words(content: bytes, name: str, kind: Kind) -> list[Finding]:
    """Judge the name, the words and the titles of a file that `look_inside` would take. Never raises."""
    try:
        findings = judge_name(name)
        if kind in PICTURES:
            return findings
        source = pdf if kind is Kind.PDF else office if kind in OFFICE else texts
        text, titles = source.words_of(content)
        return findings + judge_words(text, titles)
    except Stop as stop:
        return list(stop.findings)
    except MemoryError:
        raise
    except Exception as error:
        return [Finding("words", "words_unreadable", Verdict.REVIEW, type(error).__name__)]
