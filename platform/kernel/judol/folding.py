"""Undo what writers of spam do to letters, and remember what was undone (security note 1.4).

Unicode's own compatibility form (NFKC) folds mathematical, full width and circled letters; it leaves boxed letters,
flags, small capitals and the look-alikes of other alphabets, which are in the tables here. What was undone is kept as
one mark for each character, because the disguise says more than the word below it.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

PLAIN: Final = "."
STYLED: Final = "s"
"""A letter or digit in a typographic disguise: bold mathematical, boxed, circled, small capital, flag."""
FOREIGN: Final = "f"
"""A letter of another alphabet that looks like a Latin one."""
STRUCK: Final = "c"
"""A letter that carried combining marks which no alphabet composes."""
HIDDEN: Final = "z"
"""A letter after which something invisible stood."""

SIGN: Final = "\x1f"
"""What a symbol or an emoji becomes: it parts words, but weaker than a space."""


def _pairs(*rows: tuple[str, str]) -> dict[str, str]:
    table: dict[str, str] = {}
    for latin, alike in rows:
        table.update(zip(alike, latin, strict=True))
    return table


_CYRILLIC = _pairs(
    ("ABEKMHOPCTYXSIJGNRVWQDLZhi", "АВЕКМНОРСТУХЅІЈԌИЯѴԜԚԀӏЗҺї"),
    ("abekmhopctyxsijgnrvwqdlzu", "авекмнорстухѕіјԍиѓѵԝԛԁӀзц"),
    ("eoiuwynabKgYyZzFfXxe", "ёöϊüшўйӑьҚґҮүѲѳФфҲҳэ"),
    ("rgNdlPUubbrwhei", "яғЙдлПЦцЬьгѡһҽꙇ"),
)
_GREEK = _pairs(
    ("ABEZHIKMNOPTYXLDSQUF", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧΛΔΣΘΩΦ"),
    ("abyeznoikluvxpctuwdof", "αβγεζηοικλμνχρςτυωδσφ"),
    ("aeiouwnoyfJjCFfMr", "άέίόύώήθϒϕͿϳϹϜϝϺᴦ"),
)
_CHEROKEE_LISU = _pairs(
    ("DRTiYAJEWMHZhPVSLCGKbBOUdFw", "ᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᏃᏂᏢᏙᏚᏞᏟᏀᏦᏏᏴᎾᏌᏧᎰᏔ"),
    ("YRSGirwzvsc", "ᎽᏒᏕᏳꭵꮁꮃꮓꮩꮪꮯ"),
    ("BPDdTGKJCZFMNLSRVHWXYAEIOU", "ꓐꓑꓓꓒꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ"),
)
_OTHER_ALPHABETS = _pairs(
    ("OSUhnuogqwLltsjdf", "ՕՏՍհոսօցզաԼլէտյժԲ"),  # Armenian
    ("qnf", "գռք"),
    ("OoIirHKMNPpCcTYXL", "ⲞⲟⲒⲓⲅⲎⲔⲘⲚⲢⲣⲤⲥⲦⲨⲬⳐ"),  # Coptic
    ("VUPdbJLxHxRbFADDMBx", "ᐯᑌᑭᑯᑲᒍᒪᕁᕼᕽᖇᖯᖴᗅᗞᗪᗰᗷ᙭"),  # Canadian syllabics
    ("XlKMVElOQXV", "ᚷᛁᛕᛖⴸⴹⵏⵔⵕⵝꛟ"),  # Runes, Tifinagh, Bamum
)
_SMALL_CAPITALS = _pairs(
    ("abcdefghijklmnopqrstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ"),
    ("ezprbcuoh", "ⱻᴣᴩᴚᴃᴐᴝᴑʜ"),
)
_ODD_LATIN = _pairs(
    ("agijlrvuwybdhtoAOLTDHcelnspkzqmEC", "ɑɡıȷɭɾʋʊɯʎƀđħŧøȺØŁŦĐĦƈɛƚƞʂƥƙʐɋɱƎƆ"),
    ("aeoRUNGESFJzlhcbvIe", "ɐəɵƦƱŊƓƐƧƑɈʒłɦɕɓʌƖɘ"),
    ("BCEPLKTNSYWDAGM", "₿₵Ɇ₱Ⱡ₭₮₦₴¥₩₫₳₲ℳ"),
)

_ALIKE: Final[dict[str, tuple[str, str]]] = {
    **{c: (latin, FOREIGN) for t in (_CYRILLIC, _GREEK, _CHEROKEE_LISU, _OTHER_ALPHABETS) for c, latin in t.items()},
    **{c: (latin, STYLED) for c, latin in _SMALL_CAPITALS.items()},
    **{c: (latin, FOREIGN) for c, latin in _ODD_LATIN.items()},
}

_BOXED: Final = (
    (0x1F110, 26, "A"),  # in parentheses
    (0x1F130, 26, "A"),  # squared
    (0x1F150, 26, "A"),  # negative circled
    (0x1F170, 26, "A"),  # negative squared
    (0x1F1E6, 26, "A"),  # regional indicators: flags
    (0xE0041, 26, "A"),  # tags: invisible letters
    (0xE0061, 26, "a"),
    (0xE0030, 10, "0"),
    (0x2776, 9, "1"),  # negative circled digits
    (0x2780, 9, "1"),
    (0x278A, 9, "1"),
    (0x24F5, 9, "1"),
    (0x1F101, 10, "0"),  # with a comma
)
_ZERO_DISCS: Final = "⓪⓿🄋🄌"
_INVISIBLE: Final = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0\ufeff")
_LATIN_MARKS: Final = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F))
_UNITS: Final = frozenset("µμΩΩ")
"""Signs of measure: `µg/m³` and `kΩ` are no disguise."""

_FLAGS: Final = re.compile("[\U0001f1e6-\U0001f1ff]{2,}")
# Neighbours, partners and where migrant workers go.
# fmt: off
_COUNTRIES: Final = frozenset([
    "ID", "MY", "SG", "BN", "TH", "PH", "VN", "TL", "PG", "AU", "NZ", "JP", "KR", "CN", "TW", "HK", "MO", "IN", "SA",
    "AE", "QA", "KW", "EG", "TR", "PS", "NL", "DE", "FR", "GB", "IT", "ES", "PT", "RU", "UA", "US", "CA", "BR", "MX",
])
# fmt: on


@dataclass(frozen=True, slots=True)
class Folded:
    """A text after folding: `text` in plain Latin letters, upper case kept, `marks` one mark a character."""

    text: str
    marks: str
    hidden: int
    """How many invisible characters stood inside words."""


def _is_latin_mark(char: str) -> bool:
    code = ord(char)
    return any(low <= code <= high for low, high in _LATIN_MARKS)


@lru_cache(maxsize=8192)
def _fold_char(char: str) -> tuple[str, str]:
    """Plain letters for one character beyond ASCII, and what it was. Empty and `HIDDEN`: to be dropped."""
    if found := _ALIKE.get(char):
        return found
    code = ord(char)
    for start, length, first in _BOXED:
        if start <= code < start + length:
            return chr(ord(first) + code - start), STYLED
    if char in _ZERO_DISCS:
        return "0", STYLED
    category = unicodedata.category(char)
    if category in {"Cf", "Cc"} or char in _INVISIBLE:
        return ("", HIDDEN) if char != "\x85" else (" ", PLAIN)
    if category in {"Mn", "Me"}:
        return "", STRUCK
    plain = unicodedata.normalize("NFKC", char)
    if plain != char:
        bare = "".join(c for c in unicodedata.normalize("NFD", plain) if unicodedata.category(c) != "Mn")
        if bare.isascii():
            letters = bare.isalnum() and (bare.isalpha() or category != "No" or code >= 0x2460)
            return bare, STYLED if letters else PLAIN
        if len(bare) == 1 and (found := _ALIKE.get(bare)):
            return found[0], FOREIGN
        return "".join(c if c.isascii() else _fold_char(c)[0] for c in bare if c != char), PLAIN
    bare = unicodedata.normalize("NFD", char)
    if len(bare) > 1:
        base = bare[0]
        if base.isascii():
            return base, PLAIN  # an accented letter is a letter
        if found := _ALIKE.get(base):
            return found
    if category[0] == "S" or category in {"Po", "Ps", "Pe", "Pi", "Pf"}:
        return SIGN, PLAIN
    if category[0] == "Z":
        return " ", PLAIN
    if category == "Pd":
        return "-", PLAIN
    return char, PLAIN


def _truncated(char: str) -> str:
    """The mathematical letter whose code lost its highest bit, which is then a Korean syllable; empty if none."""
    code = ord(char)
    if not 0xD400 <= code <= 0xD7A3:
        return ""
    plain = unicodedata.normalize("NFKC", chr(code + 0x10000))
    return plain if plain.isascii() and plain.isalnum() else ""


def fold(text: str) -> Folded:
    """The text in plain Latin letters. Linear in its length; folding what is folded changes nothing."""
    if text.isascii():
        return Folded(text, "", 0)
    composed = _FLAGS.sub(_flag, unicodedata.normalize("NFC", text))
    out: list[str] = []
    marks: list[str] = []
    hidden = 0
    last = len(composed) - 1
    for at, char in enumerate(composed):
        if char < "\x80":
            out.append(char)
            marks.append(PLAIN)
            continue
        plain, mark = _fold_char(char)
        if not plain:
            if marks and out[-1].isalnum():
                if mark == STRUCK and _is_latin_mark(char) and char != "\u20e3":
                    marks[-1] = STRUCK if marks[-1] == PLAIN else marks[-1]
                elif mark == HIDDEN and at < last and char != "\u00ad" and _goes_on(composed[at + 1]):
                    hidden += 1
                    marks[-1] = HIDDEN if marks[-1] == PLAIN else marks[-1]
            continue
        if mark == PLAIN and plain == char and (letter := _truncated(char)) and _beside_latin(out, composed, at):
            plain, mark = letter, STYLED
        if char in _UNITS:
            mark = PLAIN
        if len(plain) == 1:
            out.append(plain)
            marks.append(mark)
        else:
            out.extend(plain)
            marks.extend(mark if c.isalnum() else PLAIN for c in plain)
    return Folded("".join(out), "".join(marks), hidden)


def _flag(match: re.Match[str]) -> str:
    """Flags of countries stay emoji; letters in the clothes of flags are letters."""
    letters = "".join(chr(ord(c) - 0x1F1E6 + ord("A")) for c in match[0])
    pairs = {letters[at : at + 2] for at in range(0, len(letters), 2)}
    return SIGN if len(letters) % 2 == 0 and (len(pairs) == 1 or pairs <= _COUNTRIES) else match[0]


def _goes_on(char: str) -> bool:
    return char.isalnum() or not char.isascii()


def _beside_latin(out: list[str], text: str, at: int) -> bool:
    before = out[-1][-1:] if out else ""
    after = text[at + 1] if at + 1 < len(text) else ""
    return (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())


_REPEATED: Final = re.compile(r"(.)\1+")
_THRICE: Final = re.compile(r"([a-z])\1{2,}")


def skeleton(word: str) -> str:
    """The word with each letter that stands more than once in a row written once: `gacorrr` is `gacor`."""
    return _REPEATED.sub(r"\1", word)


@lru_cache(maxsize=32768)
def calmed(word: str) -> str:
    """The word with letters of three or more in a row written once; doubles stay."""
    return _THRICE.sub(r"\1", word)


_LEET: Final = tuple(str.maketrans("013456789", letters) for letters in ("oieasgtbg", "oleasgtbg", "oieasbtbg"))
_LETTER_DIGIT: Final = re.compile(r"(?=[a-z0-9]*[a-z])(?=[a-z0-9]*[0-9])[a-z0-9]+")


def leet_variants(word: str) -> tuple[str, ...]:
    """What a lower-case word of letters mixed with digits may stand for: 1 as i and as l, 7 as t, 6 as g and as b.

    The last two or three digits, and a `4d` at the end, are tried as they stand too: the 88 of a name is the trace that
    is looked for. At most nine variants.
    """
    if not _LETTER_DIGIT.fullmatch(word) or len(word) > 32:
        return ()
    tail = len(word) - len(word.rstrip("0123456789"))
    kept = {0, *(many for many in (2, 3) if many <= tail)} | ({tail} if tail < 2 else set())
    if word.endswith("4d"):
        kept.add(2)
    found: dict[str, None] = {}
    for table in _LEET:
        for many in sorted(kept):
            found[word[: len(word) - many].translate(table) + word[len(word) - many :]] = None
    found.pop(word, None)
    return tuple(found)
