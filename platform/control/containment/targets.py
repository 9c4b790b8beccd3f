"""Whom or what a measure concerns, as it was asked for, checked in the region that it is for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from control.containment.errors import MeasureRefused
from kernel.accounts import offices
from kernel.accounts.credentials import Reach, credentials
from kernel.accounts.models import User

MOST_NETWORKS: Final = 100
_DIGEST: Final = re.compile(r"\A[0-9a-f]{64}\Z")
_SEPARATORS: Final = re.compile(r"[\s,;]+")

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Targets:
    """What the operator wrote: an OPD (uid), log-in names or uids of accounts, networks (CIDR), kinds of credentials
    with the minutes between two OPDs (0: all at once), digests of files. All empty: the whole region."""

    opd: str = ""
    logins: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    minutes_apart: int = 0
    digests: tuple[str, ...] = ()

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Targets:
        """From JSON; what is unknown is left out."""
        lists = {name: tuple(said.get(name, ())) for name in ("logins", "networks", "credentials", "digests")}
        return cls(opd=str(said.get("opd", "")), minutes_apart=int(said.get("minutes_apart", 0)), **lists)

    def said(self) -> dict[str, Any]:
        """As JSON, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value}


def listed(text: str) -> tuple[str, ...]:
    """The entries of a text area: by lines, blanks, commas; each once, in order."""
    return tuple(dict.fromkeys(part for part in _SEPARATORS.split(text.strip()) if part))


def reach_of(targets: Targets) -> Reach:
    """The accounts in the open region. Raises MeasureRefused for an unknown OPD or log-in name."""
    if targets.logins:
        return Reach(users=frozenset(people_of(targets.logins)))
    if not targets.opd:
        return Reach()
    opd = UUID(targets.opd)
    if opd not in {office.uid for office in offices.offices()}:
        raise MeasureRefused("opd", "opd")
    return Reach(opd=opd, users=frozenset(offices.accounts_within(opd)))


def people_of(logins: Sequence[str]) -> list[int]:
    """The keys of these active accounts. Raises MeasureRefused for none, and for one that is not there."""
    if not logins:
        raise MeasureRefused("people", "logins")
    return [user.pk for user in accounts_named(logins, User.objects.active())]


def accounts_named(names: Sequence[str], among: QuerySet[User]) -> list[User]:
    """The accounts with these log-in names or uids (an incident knows an account by its uid), each once.

    Raises MeasureRefused for a name that none of them has.
    """
    uids = {name: uid for name in names if (uid := _uid_or_none(name)) is not None}
    users = list(among.filter(Q(login__in=names) | Q(uid__in=uids.values())).order_by("pk"))
    logins, known = {user.login for user in users}, {user.uid for user in users}
    missing = [name for name in names if name not in logins and uids.get(name) not in known]
    if missing:
        raise MeasureRefused("unknown", "logins", ", ".join(missing[:5]))
    return users


def _uid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def networks_of(texts: Sequence[str]) -> list[Network]:
    """The networks, without those that lie within another. Raises MeasureRefused for what is no network."""
    found: list[Network] = []
    wrong = []
    for text in texts:
        try:
            found.append(ip_network(text, strict=False))
        except ValueError:
            wrong.append(text)
    if wrong or not found or len(found) > MOST_NETWORKS:
        raise MeasureRefused("networks", "networks", ", ".join(wrong[:5]))
    fours = [network for network in found if isinstance(network, IPv4Network)]
    sixes = [network for network in found if isinstance(network, IPv6Network)]
    return [*collapse_addresses(fours), *collapse_addresses(sixes)]


def kinds_of(codes: Sequence[str]) -> list[str]:
    """The kinds of credentials in order. Raises MeasureRefused for none or an unknown one."""
    known = [kind.code for kind in credentials()]
    if not codes or not set(codes) <= set(known):
        raise MeasureRefused("credentials", "credentials")
    return [code for code in known if code in codes]


def digests_of(texts: Sequence[str]) -> list[str]:
    """SHA-256 digests in lower case. Raises MeasureRefused for what is none."""
    found = [text.lower() for text in texts]
    if any(not _DIGEST.match(text) for text in found):
        raise MeasureRefused("files", "digests")
    return found
