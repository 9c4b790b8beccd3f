"""What the name servers say of a name, and what has changed since they were last asked."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from kernel.judol.hosts import registrable

KINDS: Final = ("A", "AAAA", "CNAME", "NS", "MX", "TXT")
_SECONDS: Final = 5.0
# A name that nobody made: whoever answers it answers everything.
_NOBODYS: Final = "kd-7c1f0e-uji-liar"

Records = Mapping[str, Sequence[str]]


class NameServers(Protocol):
    """Who is asked. `records` gives None when there is no such name, and raises OSError when nobody answers."""

    def records(self, name: str, kind: str) -> Sequence[str] | None: ...


@dataclass(frozen=True, slots=True)
class MachineNameServers:
    """The name servers of the machine, read anew each time."""

    resolver: Callable[[], dns.resolver.Resolver] = dns.resolver.Resolver

    def records(self, name: str, kind: str) -> Sequence[str] | None:
        """The values of one kind, sorted; an empty list when the name has none of it."""
        try:
            answer = self.resolver().resolve(name, kind, lifetime=_SECONDS, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return None
        except dns.exception.DNSException as error:
            raise OSError(str(error)) from error
        if answer.rrset is None or answer.rdtype != dns.rdatatype.from_text(kind):
            return []
        if kind == "TXT":
            return sorted(b"".join(record.strings).decode("utf-8", "replace")[:500] for record in answer)
        return sorted(record.to_text().rstrip(".").lower() for record in answer)


@dataclass(frozen=True, slots=True)
class Inventory:
    """All that is known of a name: its records, NS of what was registered, and two traces of a takeover.

    A kind about which the name servers did not answer is not among the records, and a trace is None then.
    """

    records: Mapping[str, tuple[str, ...]]
    is_wild: bool | None = None
    # The target of its CNAME that does not exist: whoever registers it owns the page.
    dangling: str | None = None

    def kept(self, before: Mapping[str, object]) -> dict[str, object]:
        """As it is kept beside the name; what was not answered stays as it was."""
        return {
            "records": {**_records_of(before), **{kind: list(values) for kind, values in self.records.items()}},
            "wild": bool(before.get("wild")) if self.is_wild is None else self.is_wild,
            "dangling": before.get("dangling", "") if self.dangling is None else self.dangling,
        }


def take_inventory(name: str, servers: NameServers) -> Inventory | None:
    """Ask for everything. None when the name servers answer nothing."""
    records: dict[str, tuple[str, ...]] = {}
    for kind in KINDS:
        with suppress(OSError):
            records[kind] = tuple(servers.records(registrable(name) if kind == "NS" else name, kind) or ())
    if not records:
        return None
    wild: bool | None = None
    dangling: str | None = None
    with suppress(OSError):
        wild = bool(servers.records(f"{_NOBODYS}.{name}", "A"))
    with suppress(OSError):
        dangling = next((target for target in records.get("CNAME", ()) if servers.records(target, "A") is None), "")
    return Inventory(records, wild, dangling)


def changes(before: Mapping[str, object], now: Inventory) -> list[str]:
    """What is new since the last look, one line each; nothing at the first look.

    Addresses move inside of a provider's network all the time: those count when none lies in a network seen before.
    """
    if not before:
        return [f"CNAME {now.dangling}: NXDOMAIN"] if now.dangling else []
    old = _records_of(before)
    found: list[str] = []
    for kind in KINDS:
        if kind not in now.records:
            continue
        was, is_now = list(old.get(kind, ())), list(now.records[kind])
        if kind in ("A", "AAAA"):
            if was and is_now and not {_network(text) for text in was} & {_network(text) for text in is_now}:
                found.append(f"{kind}: {', '.join(was)} -> {', '.join(is_now)}")
        elif kind == "TXT":
            found += [f"TXT: + {text[:200]}" for text in is_now if text not in was and _is_verification(text)]
        elif sorted(was) != sorted(is_now):
            found.append(f"{kind}: {', '.join(was) or '-'} -> {', '.join(is_now) or '-'}")
    if now.is_wild and not before.get("wild"):
        found.append(f"*: {_NOBODYS}")
    if now.dangling and now.dangling != before.get("dangling"):
        found.append(f"CNAME {now.dangling}: NXDOMAIN")
    return found


def _records_of(before: Mapping[str, object]) -> Records:
    known = before.get("records")
    return known if isinstance(known, Mapping) else {}


def _is_verification(text: str) -> bool:
    """Whether a record gives somebody a search engine's view of the site."""
    return "verif" in text.lower()


def _network(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    return str(ipaddress.ip_network(f"{text}/{16 if address.version == 4 else 32}", strict=False))
