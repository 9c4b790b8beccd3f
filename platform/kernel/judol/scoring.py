"""The judge: findings in a text, weighed inside windows, to a verdict with reasons a reviewer can follow."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final

from . import terms
from .addresses import foreign_places, places
from .folding import FOREIGN, HIDDEN, PLAIN, SIGN, STRUCK, STYLED, Folded, calmed, fold, leet_variants
from .shapes import CODES, LONGEST, OFFICE_STEMS, PERSON_TITLES, Shape, shape_of

BLOCK_AT: Final = 8.0
REVIEW_AT: Final = 3.0
MOST: Final = 10.0
LONGEST_TEXT: Final = 200_000
"""Characters that are judged; what follows is not read. Free-text fields are far shorter, extracted text is cut so."""
WINDOW: Final = 60
"""Words of a window, about 400 characters; the next one begins after half of it."""
_NEAR: Final = 8
"""Words on each side in which an exception of the data is looked for."""


class Profile(StrEnum):
    """Where a text stands: written by people inside the system, or on a public page."""

    USER_TEXT = "user_text"
    PAGE = "page"


class Verdict(StrEnum):
    ALLOW = "allow"
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding: a stable code, the piece of the text as it reads after folding, and its weight in the score."""

    code: str
    piece: str
    weight: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """`score` from 0 to 10, one decimal; `reasons` of the window that scored most, heaviest first."""

    verdict: Verdict
    score: float
    reasons: tuple[Reason, ...]
    version: str
    disguised: bool = False
    in_context: bool = False
    """Whether words against gambling stand near by; the second opinion is heard less then."""
    model: float | None = None
    """What the second opinion said, 0 to 1; None when it was not asked."""


@dataclass(slots=True)
class _Token:
    at: int
    end: int
    raw: str
    low: str
    marks: str
    key: str = ""
    leet: bool = False


@dataclass(frozen=True, slots=True)
class _Finding:
    index: int
    code: str
    piece: str
    weight: float
    core: bool = False
    """Whether supporting words count beside it."""
    group: str = ""
    """Only the heaviest finding of a group counts in a window, beside one more at half its weight."""
    disguised: bool = False


@dataclass(slots=True)
class _Read:
    """What reading a text once has found."""

    tokens: list[_Token]
    mail: frozenset[int] = frozenset()
    """Words of mail addresses: an address of a person is no name of a brand."""
    findings: list[_Finding] = field(default_factory=list)
    said: set[int] = field(default_factory=set)
    """Words that stand in a phrase: the phrase counts, its words not once more."""
    testimonial: list[tuple[int, str]] = field(default_factory=list)
    strong: list[tuple[int, str]] = field(default_factory=list)
    weak: list[tuple[int, str]] = field(default_factory=list)


_TOKEN: Final = re.compile(r"[^\W_]+")
_MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}")
_ROMAN: Final = re.compile(r"[IVX]{2,5}")
_DIGITS: Final = re.compile(r"\d{1,4}")


def _tokens(folded: Folded) -> list[_Token]:
    found: list[_Token] = []
    text, marks = folded.text, folded.marks
    for match in _TOKEN.finditer(text):
        at, end = match.span()
        raw = match[0]
        low = raw.lower() if _ROMAN.fullmatch(raw) else calmed(raw.lower())
        token = _Token(at, end, raw, low, marks[at:end] if marks else "")
        token.key, token.leet = terms.known_as(low) if len(low) <= LONGEST else (low, False)
        found.append(token)
    return found


def _mail_words(text: str, tokens: Sequence[_Token]) -> frozenset[int]:
    if "@" not in text:
        return frozenset()
    spans = [match.span() for match in _MAIL.finditer(text)]
    return frozenset(i for i, t in enumerate(tokens) if any(start <= t.at < end for start, end in spans))


def _is_disguised(token: _Token) -> bool:
    if not token.marks or token.marks == PLAIN * len(token.marks):
        return False
    return token.marks.count(PLAIN) < len(token.marks) and not _only_foreign(token)


def _only_foreign(token: _Token) -> bool:
    """A word written wholly in another alphabet is a word of another language."""
    return token.marks == FOREIGN * len(token.marks)


def _near(tokens: Sequence[_Token], index: int, words: frozenset[str]) -> bool:
    if not words:
        return False
    low = max(0, index - _NEAR)
    return any(t.key in words or t.low in words for t in tokens[low : index + _NEAR + 1] if t is not tokens[index])


def judge(
    text: str,
    profile: Profile = Profile.USER_TEXT,
    *,
    hidden: bool = False,
    allowed_hosts: frozenset[str] = frozenset(),
    version: str = "",
) -> Judgement:
    """The verdict of the rules. Pure; the same text gives the same judgement. Linear in the text's length."""
    folded = fold(text[:LONGEST_TEXT])
    tokens = _tokens(folded)
    read = _Read(tokens, _mail_words(folded.text, tokens))
    _style(read, folded)
    _words(read)
    _phrases(read, profile)
    _shapes(read)
    _spread_out(read, folded)
    _broken_up(read, folded)
    _addresses(read, folded, allowed_hosts)
    return _weigh(read, hidden=hidden, version=version)


def _style(read: _Read, folded: Folded) -> None:
    if not folded.marks:
        return
    run: list[_Token] = []
    previous = None
    styled_letters = 0
    for index, token in enumerate(read.tokens):
        styled = _styled_letters(token)
        styled_letters += styled
        if _mixed_script(token):
            read.findings.append(_Finding(index, "mixed_script", token.raw, 3.0, True, "letters", True))
        if token.marks.count(STRUCK) >= 2 and len(token.low) >= 3:
            read.findings.append(_Finding(index, "combining_marks", token.raw, 3.0, True, "letters", True))
        if styled and (previous is None or not run or token.at - run[-1].end <= 3):
            run.append(token)
        else:
            _styled_run(read, index - 1, run)
            run = [token] if styled else []
        previous = token
    _styled_run(read, len(read.tokens) - 1, run)


def _styled_letters(token: _Token) -> int:
    if STYLED not in token.marks:
        return 0
    return sum(1 for char, mark in zip(token.raw, token.marks, strict=True) if mark == STYLED)


def _mixed_script(token: _Token) -> bool:
    if len(token.raw) < 4 or FOREIGN not in token.marks:
        return False
    foreign = token.marks.count(FOREIGN)
    latin = sum(
        1
        for c, m in zip(token.raw, token.marks, strict=True)
        if m in (PLAIN, STYLED, HIDDEN) and c.isascii() and c.isalpha()
    )
    return foreign >= 1 and latin >= 1 and foreign + latin >= 4


def _styled_run(read: _Read, index: int, run: Sequence[_Token]) -> None:
    letters = sum(_styled_letters(token) for token in run)
    alphabetic = sum(
        1 for token in run for c, m in zip(token.raw, token.marks, strict=True) if m == STYLED and c.isalpha()
    )
    if letters < 3 or alphabetic < 2:
        return
    piece = " ".join(token.raw for token in run)[:60]
    read.findings.append(_Finding(index, "styled_letters", piece, 3.0, True, "letters", True))
    if 2 <= len(run) <= 12:
        joined = "".join(token.low for token in run)
        _joined(read, index, joined, piece, disguise="styled_letters")


def _words(read: _Read) -> None:
    tokens = read.tokens
    for index, token in enumerate(tokens):
        key = token.key
        low = token.low
        if low in terms.STRONG_CONTEXT:
            read.strong.append((index, low))
        elif low in terms.WEAK_CONTEXT:
            read.weak.append((index, low))
        if key in terms.TESTIMONIAL:
            read.testimonial.append((index, key))
        word = terms.WORDS.get(key)
        if word is None or not word.weight:
            continue
        if _near(tokens, index, word.unless):
            continue
        if word.only_with and not _near(tokens, index, word.only_with):
            continue
        disguised = token.leet or _is_disguised(token)
        weight = word.weight
        if disguised:
            weight += 2.0 if weight >= 3 else 1.0
        read.findings.append(_Finding(index, f"term_{word.kind}", token.raw, weight, weight >= 3, key, disguised))
        if disguised:
            read.findings.append(_Finding(index, "disguised_term", token.raw, 2.0, True, "disguise", True))
    _money(read)


def _money(read: _Read) -> None:
    tokens = read.tokens
    for index, token in enumerate(tokens):
        if token.key not in terms.WITH_MONEY:
            continue
        word = terms.WORDS.get(token.key)
        if word is not None and _near(tokens, index, word.unless):
            continue
        weight, kind = terms.WITH_MONEY[token.key]
        for other in range(max(0, index - 2), min(len(tokens), index + 3)):
            amount = tokens[other].low
            with_unit = amount.isdigit() and other + 1 < len(tokens) and tokens[other + 1].low in terms.MONEY_UNITS
            if terms.is_money(amount) or with_unit:
                piece = " ".join(t.raw for t in tokens[min(index, other) : max(index, other) + 1 + with_unit])
                read.findings.append(_Finding(index, f"money_{kind}", piece, weight, weight >= 3, f"money_{token.key}"))
                break


def _match(tokens: Sequence[_Token], index: int, phrase: terms.Phrase) -> int | None:
    """The index of the last word of a phrase that begins here, or None."""
    at = index
    for wanted in phrase.keys[1:]:
        if at + 1 < len(tokens) and tokens[at + 1].key == wanted:
            at += 1
        elif at + 2 < len(tokens) and tokens[at + 2].key == wanted:
            at += 2
        else:
            return None
    return at


def _phrases(read: _Read, profile: Profile) -> None:
    tokens = read.tokens
    tables = (terms.PHRASES, terms.PAGE_PHRASES) if profile is Profile.PAGE else (terms.PHRASES,)
    for index, token in enumerate(tokens):
        for table in tables:
            for phrase in table.get(token.key, ()):
                last = _match(tokens, index, phrase)
                if last is None or any(_near(tokens, i, phrase.unless) for i in (index, last)):
                    continue
                first = terms.WORDS.get(phrase.keys[0])
                if first is not None and _near(tokens, index, first.unless - set(phrase.keys)):
                    continue
                disguised = any(t.leet or _is_disguised(t) for t in tokens[index : last + 1])
                piece = " ".join(t.raw for t in tokens[index : last + 1])
                overlaps = index in read.said
                read.said.update(range(index, last + 1))
                weight = (1.0 if overlaps else phrase.weight) + (2.0 if disguised else 0.0)
                code = f"phrase_{phrase.kind}"
                read.findings.append(
                    _Finding(index, code, piece, weight, phrase.weight >= 3, " ".join(phrase.keys), disguised)
                )
                break


def _shape_here(tokens: Sequence[_Token], index: int, word: str) -> Shape | None:
    shape = shape_of(word)
    if shape is not None:
        return shape
    for variant in leet_variants(word):
        if variant != word and (shape := shape_of(variant)) is not None and shape.weight >= 3:
            return shape
    return None


def _shapes(read: _Read) -> None:
    tokens = read.tokens
    for index, token in enumerate(tokens):
        if len(token.low) > LONGEST:
            continue
        shape = _shape_here(tokens, index, token.low)
        if shape is None or index in read.mail:
            continue
        weight = _shape_weight(tokens, index, shape)
        if weight <= 0:
            continue
        _brand(read, index, token.raw, shape.code, weight, _is_disguised(token))


def _shape_weight(tokens: Sequence[_Token], index: int, shape: Shape) -> float:
    token = tokens[index]
    before = [t.low for t in tokens[max(0, index - 2) : index]]
    if shape.code == "brand_ending_upper" and not token.raw.isupper() and not _is_disguised(token):
        return 0.0
    if any(word in CODES for word in before) and not _is_disguised(token):
        return 0.0
    if shape.name_like:
        if before and before[-1] in PERSON_TITLES:
            return 0.0
        if token.raw.islower() or token.raw.istitle():
            return shape.weight - 0.5 if len(token.low) >= 7 else 1.0
    return shape.weight


def _brand(read: _Read, index: int, piece: str, code: str, weight: float, disguised: bool) -> None:
    read.findings.append(_Finding(index, code, piece, weight, weight >= 1.5, "brand", disguised))
    if disguised:
        read.findings.append(_Finding(index, "disguised_brand", piece, 3.0, True, "disguise", True))


def _joined(read: _Read, index: int, joined: str, piece: str, disguise: str) -> bool:
    """Look at a word that had been pulled apart, once it is put together again."""
    joined = calmed(joined)
    if not 4 <= len(joined) <= LONGEST:
        return False
    shape = _shape_here(read.tokens, index, joined)
    if shape is not None and shape.weight >= 1:
        _brand(read, index, piece, shape.code, max(shape.weight, 2.0), True)
        return True
    key, _ = terms.known_as(joined)
    word = terms.WORDS.get(key)
    if word is not None and word.weight >= 1 and len(joined) >= 4:
        read.findings.append(_Finding(index, f"term_{word.kind}", piece, max(word.weight, 3.0), True, key, True))
        read.findings.append(_Finding(index, "disguised_term", piece, 2.0, True, "disguise", True))
        return True
    return False


def _gap(text: str, left: _Token, right: _Token) -> int | None:
    """Signs between two tokens if they may belong together: short and on one line; else None."""
    length = right.at - left.end
    if length > 4 or "\n" in text[left.end : right.at]:
        return None
    return length


def _spread_out(read: _Read, folded: Folded) -> None:
    """Runs of single letters and of groups of two: `A L E X I S 1 7`, `ga ru da ho ki`."""
    tokens = read.tokens
    count = len(tokens)
    start = 0
    while start < count:
        if len(tokens[start].low) > 2:
            start += 1
            continue
        end = start + 1
        while end < count and len(tokens[end].low) <= 2 and _gap(folded.text, tokens[end - 1], tokens[end]) is not None:
            end += 1
        last = end
        if (
            end < count
            and _DIGITS.fullmatch(tokens[end].low)
            and _gap(folded.text, tokens[end - 1], tokens[end]) is not None
        ):
            last = end + 1
        _one_spread(read, start, last)
        start = end


def _one_spread(read: _Read, start: int, end: int) -> None:
    run = read.tokens[start:end]
    if len(run) < 4:
        return
    singles = sum(1 for token in run if len(token.low) == 1 and token.low.isalpha())
    for skip in range(0, min(4, len(run) - 3)):
        if skip and len(run[skip - 1].low) == 1:
            break
        rest = run[skip:]
        for drop in range(0, min(3, len(rest) - 3)):
            part = rest[: len(rest) - drop]
            joined = "".join(token.low for token in part)
            if len(joined) > LONGEST or joined.isdigit() or (joined[-1].isdigit() and _office_number(part)):
                continue
            if _joined(read, start + skip, joined, " ".join(token.raw for token in part), "spaced"):
                read.findings.append(_Finding(start + skip, "spaced_letters", joined, 2.0, True, "spaced", True))
                return
    if singles >= 5:
        piece = " ".join(token.raw for token in run)[:60]
        read.findings.append(_Finding(start, "spaced_letters", piece, 0.5, False, "spaced"))


def _office_number(part: Sequence[_Token]) -> bool:
    """`P P No 55`, `R T 0 3`: words before a number in papers, not the letters of a name."""
    return any(len(t.low) == 2 and (t.low in OFFICE_STEMS or _ROMAN.fullmatch(t.raw)) for t in part)


def _broken_up(read: _Read, folded: Folded) -> None:
    """Words broken by signs or emoji without a space: `p/ulau77-7`, `ga-cor`, `slot` with a flame inside."""
    tokens = read.tokens
    count = len(tokens)
    start = 0
    while start < count:
        end = start + 1
        while end < count and 0 < tokens[end].at - tokens[end - 1].end <= 2 and not _spaced(folded.text, tokens, end):
            end += 1
        if 2 <= end - start <= 24:
            _one_broken(read, folded.text, start, end)
        start = end


def _spaced(text: str, tokens: Sequence[_Token], index: int) -> bool:
    between = text[tokens[index - 1].end : tokens[index].at]
    return any(c.isspace() and c != SIGN for c in between) or "," in between or "@" in between


def _one_broken(read: _Read, text: str, start: int, end: int) -> None:
    run = read.tokens[start:end]
    pieces = [token.low for token in run]
    if not _unnatural(text, run):
        return
    joined = "".join(pieces)
    if len(joined) > LONGEST or any(len(token.low) > 12 for token in run):
        return
    piece = text[run[0].at : run[-1].end].replace(SIGN, "*")
    if _joined(read, start, joined, piece, "broken"):
        read.findings.append(_Finding(start, "broken_word", piece, 2.0, True, "spaced", True))


def _unnatural(text: str, run: Sequence[_Token]) -> bool:
    """Whether signs stand where no writer of a code or an address puts them."""
    for left, right in pairwise(run):
        if SIGN in text[left.end : right.at]:
            return True
        if left.low.isdigit() and right.low.isdigit() and len(left.low) == 1 and len(right.low) == 1:
            return any(token.low.isalpha() and len(token.low) >= 4 for token in run)
        if left.low[-1:].isalpha() and right.low[:1].isalpha() and 1 in (len(left.low), len(right.low)):
            return True
    return False


def _addresses(read: _Read, folded: Folded, allowed_hosts: frozenset[str]) -> None:
    """Addresses that lead out. The words of an address are judged as words; here its ending and its going out count."""
    if "." not in folded.text:
        return
    starts = [token.at for token in read.tokens]
    for place in foreign_places(places(folded.text), allowed_hosts):
        index = _index_at(starts, place.at)
        if place.weight:
            read.findings.append(_Finding(index, "foreign_link", place.host, place.weight, False, "link"))
        else:
            read.findings.append(_Finding(index, "foreign_host", place.host, 0.0, False, "link"))


def _index_at(starts: Sequence[int], at: int) -> int:
    low, high = 0, len(starts)
    while low < high:
        middle = (low + high) // 2
        if starts[middle] < at:
            low = middle + 1
        else:
            high = middle
    return min(low, max(0, len(starts) - 1))


def _place(finding: _Finding) -> tuple[int, str, str]:
    return finding.index, finding.code, finding.piece


def _windows(count: int) -> Iterator[tuple[int, int]]:
    if count <= WINDOW + WINDOW // 2:
        yield 0, max(count, 1)
        return
    step = WINDOW // 2
    for start in range(0, count - step, step):
        yield start, start + WINDOW


def _weigh(read: _Read, *, hidden: bool, version: str) -> Judgement:
    best: Judgement | None = None
    findings = sorted((f for f in read.findings if f.index not in read.said or f.code[:5] != "term_"), key=_place)
    if not findings:
        return Judgement(Verdict.ALLOW, 0.0, (), version, False, bool(read.strong or len(read.weak) >= 2))
    for start, end in _windows(len(read.tokens)):
        inside = [f for f in findings if start <= f.index < end]
        if not inside and best is not None:
            continue
        judged = _window(read, inside, start, end, hidden=hidden, version=version)
        if best is None or judged.score > best.score:
            best = judged
    if best is None:  # there is always a first window
        raise AssertionError("a text without a window")
    return best


def _window(read: _Read, inside: Sequence[_Finding], start: int, end: int, *, hidden: bool, version: str) -> Judgement:
    reasons: list[Reason] = []
    groups: dict[str, list[_Finding]] = {}
    for finding in inside:
        groups.setdefault(finding.group or finding.code, []).append(finding)
    core = 0.0
    support = 0.0
    for group in groups.values():
        group.sort(key=lambda f: (-f.weight, f.index))
        first = group[0]
        if first.core or first.weight >= 3:
            core += first.weight
            reasons.append(Reason(first.code, first.piece, first.weight))
            other = next((f for f in group[1:] if f.piece.lower() != first.piece.lower()), None)
            if other is not None and other.weight >= 2:
                core += 1.0
                reasons.append(Reason(other.code, other.piece, 1.0))
        elif first.weight:
            support += first.weight
            reasons.append(Reason(first.code, first.piece, first.weight))
    support = min(support, 4.0 if core >= 2 else 2.0)
    said = {word for index, word in read.testimonial if start <= index < end and index not in read.said}
    beside = min(3.0, float(len(said))) if core >= 2 else 0.0
    if beside:
        reasons.append(Reason("testimonial", ", ".join(sorted(said)[:5]), beside))
    score = core + support + beside
    disguised = hidden or any(f.disguised for f in inside)
    leads_out = any(f.code == "foreign_link" for f in inside)
    lowered = _context(read, start, end)
    if lowered and not disguised and not leads_out:
        score -= lowered
        words = sorted({w for i, w in (*read.strong, *read.weak) if start <= i < end})
        reasons.append(Reason("context", ", ".join(words[:6]), -lowered))
    score = round(min(MOST, max(0.0, score)), 1)
    reasons.sort(key=lambda r: (-abs(r.weight), r.code, r.piece))
    return Judgement(_verdict(score), score, tuple(reasons[:12]) if score else (), version, disguised, bool(lowered))


def _context(read: _Read, start: int, end: int) -> float:
    strong = {word for index, word in read.strong if start <= index < end}
    weak = {word for index, word in read.weak if start <= index < end}
    if strong:
        return min(18.0, 6.0 + 1.5 * (len(strong) - 1 + len(weak)))
    return min(6.0, 2.0 * (len(weak) - 1)) if len(weak) >= 2 else 0.0


def _verdict(score: float) -> Verdict:
    if score >= BLOCK_AT:
        return Verdict.BLOCK
    return Verdict.REVIEW if score >= REVIEW_AT else Verdict.ALLOW
