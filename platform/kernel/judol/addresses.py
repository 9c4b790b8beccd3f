"""Web addresses in a text: which lead out of the public service, and how far their ending is to be trusted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from .data import read

_HOST: Final = re.compile(
    r"(?<![\w@.-])(?:https?:/{1,2})?((?:[a-z0-9][a-z0-9-]{0,62}\.){1,5}[a-z]{2,12})(?![\w-])", re.I
)
_ADDRESS: Final = re.compile(_HOST.pattern + r"(?:[/:?#]\S{0,200})?", re.I)
_DATA: Final = read("addresses.yaml")
_TRUSTED: Final = tuple(_DATA["trusted_endings"])
_EVERYDAY: Final = frozenset(_DATA["everyday_hosts"])
_CHEAP: Final = frozenset(_DATA["cheap_endings"])
_ENDINGS: Final = _CHEAP | frozenset(_DATA["other_endings"])
_SHORTENERS: Final = frozenset(_DATA["shorteners"])


@dataclass(frozen=True, slots=True)
class Place:
    """A host in a text. `weight`: 0 for an ordinary foreign one, 1 for a cheap ending or a shortener."""

    at: int
    host: str
    weight: float


def places(text: str) -> Iterator[Place]:
    """The hosts a text names, in lower case, in the order they stand."""
    for match in _HOST.finditer(text):
        host = match[1].lower()
        if host.rpartition(".")[2] in _ENDINGS:
            yield Place(match.start(1), host, _weight(host))


def _weight(host: str) -> float:
    registered = ".".join(host.split(".")[-2:])
    return 1.0 if host.rpartition(".")[2] in _CHEAP or registered in _SHORTENERS else 0.0


def foreign_places(found: Iterable[Place], allowed: frozenset[str]) -> Iterator[Place]:
    """Those that lead out: neither the public service, nor everyday services, nor `allowed` or a name below it."""
    for place in found:
        host = place.host
        if host.endswith(tuple(f".{trusted}" for trusted in _TRUSTED)) or host in _TRUSTED:
            continue
        if any(host == known or host.endswith(f".{known}") for known in _EVERYDAY | allowed):
            continue
        yield place


def without_addresses(text: str) -> str:
    """The text with the word "link" for each address and what follows it: that changes from copy to copy."""
    return _ADDRESS.sub(lambda match: " link " if match[1].rpartition(".")[2].lower() in _ENDINGS else match[0], text)
