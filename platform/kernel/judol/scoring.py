"""The judge: findings in a text, weighed inside windows, to a verdict with reasons a reviewer can follow."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final

from . import terms
from .addresses import foreign_places, places
from .folding import FOREIGN, PLAIN, SIGN, STRUCK, STYLED, Folded, calmed, fold
from .shapes import (
    CODES,
    LONGEST,
    NUMBER_LABELS,
    OFFICE_STEMS,
    PERSON_TITLES,
    SHORT_WORDS,
    STEMS_BEFORE_4D,
    Shape,
    is_lucky,
    shape_behind,
    shape_of,
)

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


_TOKEN: Final = re.compile(r"[A-Za-z0-9]+")
_RUN: Final = re.compile(r"[^\W_]+")
_MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}")
_ROMAN: Final = re.compile(r"[IVX]{2,5}")
_LUCKY_WORDS: Final = frozenset({"tujuh", "delapan", "sembilan", "7", "8", "9"})
_TIMES: Final = re.compile(r"x[1-9]\d{2,4}|[1-9]\d{2,4}x")
"""By how much a stake was multiplied: `x500`, `1000x`."""
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
    _spoken_numbers(read, folded)
    _spread_out(read, folded)
    _broken_up(read, folded)
    _addresses(read, folded, allowed_hosts)
    return _weigh(read, hidden=hidden, version=version)


def _style(read: _Read, folded: Folded) -> None:
    if not folded.marks:
        return
    _foreign_letters(read, folded)
    run: list[int] = []
    letters = sum(len(token.raw) for token in read.tokens)
    styled = [_styled_letters(token) for token in read.tokens]
    throughout = sum(styled) >= 0.8 * letters and sum(1 for some in styled if some) >= 3
    for index, token in enumerate(read.tokens):
        if token.marks.count(STRUCK) >= 2 and len(token.low) >= 3:
            read.findings.append(_Finding(index, "combining_marks", token.raw, 3.0, True, "letters", True))
        if not styled[index]:
            continue
        if run and (index - run[-1] > 1 or token.at - read.tokens[run[-1]].end > 3):
            _styled_run(read, run, throughout)
            run = []
        run.append(index)
    _styled_run(read, run, throughout)


def _foreign_letters(read: _Read, folded: Folded) -> None:
    """Words in which Latin letters stand beside letters of another alphabet, look-alikes or not."""
    text, marks = folded.text, folded.marks
    if FOREIGN not in marks and text.isascii():
        return
    starts = [token.at for token in read.tokens]
    for match in _RUN.finditer(text):
        word, about = match[0], marks[match.start() : match.end()]
        if len(word) < 4 or (FOREIGN not in about and word.isascii()):
            continue
        latin = sum(1 for c, m in zip(word, about, strict=True) if m != FOREIGN and c.isascii() and c.isalpha())
        other = sum(1 for c, m in zip(word, about, strict=True) if m == FOREIGN or not c.isascii())
        if latin and other and latin + other >= 4:
            index = _index_at(starts, match.start())
            read.findings.append(_Finding(index, "mixed_script", word[:60], 3.0, True, "letters", True))


def _styled_letters(token: _Token) -> int:
    if STYLED not in token.marks:
        return 0
    return sum(1 for char, mark in zip(token.raw, token.marks, strict=True) if mark == STYLED)


def _styled_run(read: _Read, run: Sequence[int], throughout: bool) -> None:
    tokens = [read.tokens[index] for index in run]
    styled = [c for t in tokens for c, m in zip(t.raw, t.marks, strict=True) if m == STYLED]
    if len(styled) < 3 or sum(1 for c in styled if c.isalpha()) < 2:
        return
    piece = " ".join(token.raw for token in tokens)[:60]
    weight = 2.0 if throughout else 3.0  # who writes everything so does it for its looks
    read.findings.append(_Finding(run[0], "styled_letters", piece, weight, True, "letters", True))
    if 2 <= len(run) <= 12 and all(len(token.low) <= 4 for token in tokens):
        _joined(read, run[0], "".join(token.low for token in tokens), piece, least=3.0)


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
        if _TIMES.fullmatch(low):
            read.findings.append(_Finding(index, "term_times", token.raw, 1.0, False, "times"))
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
        elif not phrase.close and at + 2 < len(tokens) and tokens[at + 2].key == wanted:
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


def _shapes(read: _Read) -> None:
    tokens = read.tokens
    for index, token in enumerate(tokens):
        if len(token.low) > LONGEST:
            continue
        shape = shape_behind(token.low)
        if shape is None or index in read.mail or token.key in terms.GLUED:
            continue
        weight = _shape_weight(tokens, index, shape)
        if weight <= 0:
            continue
        _brand(read, index, token.raw, shape.code, weight, _is_disguised(token) or _is_leet(token))


def _is_leet(token: _Token) -> bool:
    """Whether a name shows only once two or more of its digits are read as letters: `k0ru5t0t0`."""
    return sum(1 for c in token.low if c.isdigit()) >= 2 and shape_of(token.low) is None


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
        plain = token.raw.lower() == token.low and not _is_leet(token)
        if plain and (token.raw.islower() or token.raw.istitle()):
            return shape.weight - 0.5 if len(token.low) >= 7 else 1.0
    return shape.weight


def _spoken_numbers(read: _Read, folded: Folded) -> None:
    """A lucky number in words or digit by digit behind a name: `tujuh tujuh tujuh`, `7.7/7`, `1 3 8`."""
    tokens = read.tokens
    index = 1
    while index < len(tokens):
        low = tokens[index].low
        before = tokens[index - 1]
        if low == "4d" and before.raw.isupper() and len(before.raw) >= 3 and before.low not in STEMS_BEFORE_4D:
            read.findings.append(
                _Finding(index, "brand_spoken", f"{before.raw} {tokens[index].raw}", 2.0, True, "brand")
            )
        end = _spoken_until(tokens, index, folded.text)
        if end - index >= 2 and _may_bear_a_number(before):
            piece = " ".join(t.raw for t in tokens[index - 1 : end])
            weight = 3.0 if end - index >= 3 else 2.0
            read.findings.append(_Finding(index, "brand_spoken", piece, weight, True, "brand"))
        index = max(end, index + 1)


def _spoken_until(tokens: Sequence[_Token], index: int, text: str) -> int:
    """Where a lucky number that begins at a token ends; the token itself where none begins."""
    low = tokens[index].low
    end = index
    if low in _LUCKY_WORDS:
        while end < len(tokens) and tokens[end].low == low and tokens[end].at - tokens[index].at <= 40:
            end += 1
        a_result = end - index == 2 and text[tokens[index].end : tokens[index + 1].at].strip() == "-"
        if 2 <= end - index <= 3 and not a_result:
            return end
    end = index
    while end < min(len(tokens), index + 4) and len(tokens[end].low) == 1 and tokens[end].low.isdigit():
        if end > index and _gap(text, tokens[end - 1], tokens[end]) is None:
            break
        end += 1
    lucky = end - index == 3 and is_lucky("".join(token.low for token in tokens[index:end]))
    return end if lucky and tokens[index - 1].raw.isupper() and len(tokens[index - 1].raw) >= 4 else index


def _may_bear_a_number(token: _Token) -> bool:
    """Whether a word may be the name of a brand: neither a label of papers nor what is said of a game's result."""
    return token.low.isalpha() and token.low not in OFFICE_STEMS and token.key not in terms.TESTIMONIAL


def _brand(read: _Read, index: int, piece: str, code: str, weight: float, disguised: bool) -> None:
    read.findings.append(_Finding(index, code, piece, weight, weight >= 1.5, "brand", disguised))
    if disguised:
        read.findings.append(_Finding(index, "disguised_brand", piece, 3.0, True, "disguise", True))


def _joined(read: _Read, index: int, joined: str, piece: str, least: float = 1.0) -> bool:
    """Look at a word that had been pulled apart, once it is together again. `least`: weight of a shape that counts."""
    joined = calmed(joined)
    if not 4 <= len(joined) <= LONGEST:
        return False
    shape = shape_behind(joined)
    if shape is not None and shape.weight >= least:
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
    if len(run) < 2:
        return
    for skip in range(0, min(4, len(run) - 1)):
        if skip and len(run[skip - 1].low) == 1:
            break
        for drop in range(0, min(3, len(run) - skip - 1)):
            part = run[skip : len(run) - drop]
            joined = "".join(token.low for token in part)
            least = _like_letters_of_a_name(part, joined)
            if least and _joined(read, start + skip, joined, " ".join(token.raw for token in part), least):
                read.findings.append(_Finding(start + skip, "spaced_letters", joined, 2.0, True, "spaced", True))
                return
    if sum(1 for token in run if len(token.low) == 1 and token.low.isalpha()) >= 5:
        piece = " ".join(token.raw for token in run)[:60]
        read.findings.append(_Finding(start, "spaced_letters", piece, 0.5, False, "spaced"))


def _like_letters_of_a_name(part: Sequence[_Token], joined: str) -> float:
    """The least weight of a shape that counts in what the tokens make together; 0 if none does.

    Letters first, a number at most at the end: dates, measures and columns of a table are no name.
    """
    letters = [token for token in part if token.low[0].isalpha()]
    if not letters or letters[0] is not part[0] or len(joined) > LONGEST:
        return 0.0
    if len(part) <= 3:  # a word of the trade or an ending of its names; a number behind two short words is an office's
        word = terms.WORDS.get(terms.known_as(joined)[0])
        heavy = word is not None and (word.weight >= 3 or joined == "slot")
        strange = len(part) == 3 and not any(t.low in OFFICE_STEMS or t.low in SHORT_WORDS for t in part)
        return 3.0 if heavy or (strange and not joined[-1].isdigit()) else 0.0
    stem = joined.rstrip("0123456789")
    if len(letters) < 3 or sum(1 for c in stem if c.isdigit()) * 2 > len(stem):
        return 0.0
    if joined[-1].isdigit() and _office_number(part):
        return 0.0
    if sum(1 for token in letters if len(token.low) == 1) >= 4:
        return 1.0
    return 3.0 if any(token.low in SHORT_WORDS for token in part) else 2.0


def _office_number(part: Sequence[_Token]) -> bool:
    """`P P No 55`, `P P d III 22`: words before a number in papers, not the letters of a name."""
    words = [token for token in part if token.low.isalpha()]
    ends = words[:1] + words[-1:]
    return any(token.low in NUMBER_LABELS for token in ends) or any(_ROMAN.fullmatch(t.raw) for t in part)


_WITHIN: Final = frozenset(SIGN + "-_./*~+|'!$`^@\u00b7")
"""Signs that people put into a word to hide it. Brackets, quotes and colons part words and code."""
_SIGN_LETTERS: Final = {"!": "i", "$": "s", "@": "a", "|": "i", "+": "t"}


def _broken_up(read: _Read, folded: Folded) -> None:
    """Words broken by signs or emoji without a space: `p/ulau77-7`, `ga-cor`, `slot` with a flame inside."""
    tokens = read.tokens
    count = len(tokens)
    start = 0
    while start < count:
        end = start + 1
        while end < count and _may_belong(folded.text, tokens[end - 1], tokens[end]):
            end += 1
        if 2 <= end - start <= 24:
            _one_broken(read, folded.text, start, end)
        start = end


def _may_belong(text: str, left: _Token, right: _Token) -> bool:
    between = text[left.end : right.at]
    if not 1 <= len(between) <= 2 or any(c not in _WITHIN for c in between):
        return False
    return SIGN not in between or min(len(left.low), len(right.low)) <= 3


def _one_broken(read: _Read, text: str, start: int, end: int) -> None:
    run = read.tokens[start:end]
    if start in read.mail or not _unnatural(text, run):
        return
    if run[-1].low[-1:].isdigit() and any(_ROMAN.fullmatch(token.raw) for token in run):
        return
    if sum(len(token.low) for token in run) > LONGEST or any(len(token.low) > 12 for token in run):
        return
    piece = text[run[0].at : run[-1].end].replace(SIGN, "*")
    least = 2.0 if piece.count("*") >= 2 else 3.0
    if any(_joined(read, start, joined, piece, least) for joined in _put_together(text, run)):
        read.findings.append(_Finding(start, "broken_word", piece, 2.0, True, "spaced", True))


def _put_together(text: str, run: Sequence[_Token]) -> Iterator[str]:
    """The word without its signs, and with the signs read as the letters they look like."""
    yield "".join(token.low for token in run)
    between = [text[left.end : right.at] for left, right in pairwise(run)]
    if any(sign in _SIGN_LETTERS for sign in between):
        signs = [*(_SIGN_LETTERS.get(sign, "") for sign in between), ""]
        yield "".join(token.low + sign for token, sign in zip(run, signs, strict=True))


def _unnatural(text: str, run: Sequence[_Token]) -> bool:
    """Whether signs stand where no writer of a code or an address puts them."""
    for left, right in pairwise(run):
        between = text[left.end : right.at]
        if SIGN in between or (between in _SIGN_LETTERS and left.low[-1:].isalpha() and right.low[:1].isalpha()):
            return True
    letters = [token for token in run if token.low.isalpha()]
    singles = sum(1 for token in letters if len(token.low) == 1)
    if singles >= 3:
        return True
    if singles and len(letters) >= 2 and len(run[0].low) == 1 and run[0].low != "e":
        return True
    digits = [token.low for token in run if token.low.isdigit()]
    return len(digits) >= 3 and len(set(digits)) == 1 and len(digits[0]) == 1 and bool(letters)


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


_GAMES: Final = frozenset({"term_game", "term_lottery"})
_MANY_GAMES: Final = 3
"""Different games of chance that stand together where somebody offers them; who writes of one game names one."""


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
    games = sorted({f.group for f in inside if f.code in _GAMES})
    if len(games) >= _MANY_GAMES:
        core += 3.0
        reasons.append(Reason("many_games", ", ".join(games[:5]), 3.0))
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
