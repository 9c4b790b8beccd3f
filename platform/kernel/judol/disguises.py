"""The ways in which writers hide a name, to measure how many of them the detector sees through. Never used to judge."""

from collections.abc import Callable
from typing import Final

from .folding import fold
from .linear import MASK, masked
from .terms import TESTIMONIAL, WORDS, known_as


def _shifted(word: str, upper: int, lower: int, digit: int | None = None) -> str:
    out = []
    for c in word:
        if "A" <= c <= "Z":
            out.append(chr(upper + ord(c) - ord("A")))
        elif "a" <= c <= "z":
            out.append(chr(lower + ord(c) - ord("a")))
        elif "0" <= c <= "9" and digit is not None:
            out.append(chr(digit + ord(c) - ord("0")))
        else:
            out.append(c)
    return "".join(out)


def _mapped(word: str, latin: str, alike: str) -> str:
    return word.translate(str.maketrans(latin, alike))


def _flags(word: str) -> str:
    return "\u200b".join(chr(0x1F1E6 + ord(c) - ord("A")) if "A" <= c <= "Z" else c for c in word.upper())


def _repeated(word: str) -> str:
    return "".join(c * 3 if c in "aeiou" and at else c for at, c in enumerate(word.lower()))


def _in_twos(word: str) -> str:
    return " ".join(word[at : at + 2] for at in range(0, len(word), 2))


DISGUISES: Final[dict[str, Callable[[str], str]]] = {
    "mathematical bold": lambda w: _shifted(w, 0x1D400, 0x1D41A, 0x1D7CE),
    "boxed": lambda w: _shifted(w.upper(), 0x1F170, 0x1F170),
    "flags": _flags,
    "look-alikes": lambda w: _mapped(w, "aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ"),
    "small capitals": lambda w: _mapped(w.lower(), "abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ"),
    "combining marks": lambda w: "".join(c + "\u0360" for c in w),
    "zero width": lambda w: "\u200b".join(w),
    "leet": lambda w: _mapped(w.lower(), "aeios", "43105"),
    "spaced": " ".join,
    "in twos": _in_twos,
    "emoji between": lambda w: "\U0001f525".join(w[at : at + 2] for at in range(0, len(w), 2)),
    "repeated letters": _repeated,
}
"""The kinds of the security note, chapter 1.4, by name: what each makes of one word."""


def disguised(text: str, name: str) -> str:
    """The text with every name shaped like a brand and every word of the trade hidden in one way."""
    hide = DISGUISES[name]
    return " ".join(hide(word) if _worth_hiding(word) else word for word in fold(text).text.split(" "))


def _worth_hiding(word: str) -> bool:
    bare = word.lower().strip(".,!?:;'\"()#@*-\x1f")
    if not bare.isascii() or not bare.isalnum() or len(bare) < 3:
        return False
    key, _ = known_as(bare)
    return masked(bare) == MASK or (key in WORDS and WORDS[key].weight >= 1 and key not in TESTIMONIAL)
