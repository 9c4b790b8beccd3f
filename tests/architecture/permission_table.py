"""Every URL, every role: who gets what. The rows stand in `permission_rows/`, one module for each app.

A row is one line:

    region("employees-list", "GET", "bkpsdm diskominfo inspektorat")        # others signed in: 403, nobody: log-in
    region("tpp-slip", "GET", "ani bkpsdm", refused=404, args=slip_of_ani)  # a factory gives the URL's kwargs
    region("activities-submit", "POST", EVERYBODY, ok=302, data=one_hour)   # what is posted, what the allowed get
    region("account_login", "GET", SIGNED_IN, ok=302, nobody=200)           # one column said by hand
    operators("console-regions", "GET", "operator billing")
    api("api-slip", "GET", "ani", refused=404, args=slip_of_ani)            # nobody: 401

A status may be a tuple of several. A factory takes the `Cast` and returns a dict; it runs inside a region, in a
transaction that is rolled back after each column. An endpoint (URL and method) without a row fails the suite; a method
without a row must be refused.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from django.urls import URLPattern, URLResolver, get_resolver
from typing_extensions import override

from kernel.accounts.models import User
from tests.cast import Office, Person

REGION = "config.urls_region"
OPERATORS = "config.urls_operator"

NOBODY = "nobody"
# Who is on which column, and (region side) with which roles.
REGION_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "dedi": (),
    "ani": ("asn",),
    "budi": ("asn", "atasan"),
    "citra": ("asn", "bpkad"),
    "operator_opd": ("operator_opd",),
    "bkpsdm": ("bkpsdm",),
    "inspektorat": ("inspektorat",),
    "diskominfo": ("diskominfo",),
    "kepala_daerah": ("kepala_daerah",),
}
OPERATOR_COLUMNS: Mapping[str, tuple[str, ...]] = {"stranger": (), "operator": ("operator",), "billing": ("billing",)}

EVERYBODY = " ".join(REGION_COLUMNS)
SIGNED_IN = EVERYBODY
SIGNED_IN_OPERATORS = " ".join(OPERATOR_COLUMNS)
LOG_IN = "log-in page"

Status: TypeAlias = "int | str | tuple[int, ...]"


@dataclass(frozen=True)
class Cast:
    """What a factory may use: the office, the cast with their employees, and the one user of each role's column."""

    office: Office
    ani: Person
    budi: Person
    citra: Person
    dedi: Person
    users: Mapping[str, User]


Factory = Callable[[Cast], Mapping[str, Any]]


def nothing(cast: Cast) -> Mapping[str, Any]:
    """A URL without arguments, a form without fields."""
    return {}


@dataclass(frozen=True)
class Row:
    """One endpoint and the status for each column. `args` makes the URL's kwargs, `data` what is posted."""

    urlconf: str
    name: str
    method: str
    expected: Mapping[str, Status]
    args: Factory = nothing
    data: Factory = nothing
    is_json: bool = False

    @override
    def __str__(self) -> str:
        side = "operators" if self.urlconf == OPERATORS else "region"
        return f"{side} {self.method} {self.name}"


def region(
    name: str,
    method: str,
    allowed: str,
    *,
    ok: Status = 200,
    refused: Status = 403,
    nobody: Status = LOG_IN,
    args: Factory = nothing,
    data: Factory = nothing,
    **columns: Status,
) -> Row:
    """A page on a region's host. `allowed` names the columns that get `ok`; the others get `refused`."""
    return _row(REGION, REGION_COLUMNS, name, method, allowed, ok, refused, nobody, args, data, columns)


def operators(
    name: str,
    method: str,
    allowed: str,
    *,
    ok: Status = 200,
    refused: Status = 403,
    nobody: Status = LOG_IN,
    args: Factory = nothing,
    data: Factory = nothing,
    **columns: Status,
) -> Row:
    """A page on the operators' host; columns stranger, operator, billing. Factories run on the operator side."""
    return _row(OPERATORS, OPERATOR_COLUMNS, name, method, allowed, ok, refused, nobody, args, data, columns)


def api(
    name: str,
    method: str,
    allowed: str,
    *,
    ok: Status = 200,
    refused: Status = 403,
    nobody: Status = 401,
    args: Factory = nothing,
    data: Factory = nothing,
    **columns: Status,
) -> Row:
    """An API route; `data` is sent as JSON."""
    return _row(REGION, REGION_COLUMNS, name, method, allowed, ok, refused, nobody, args, data, columns, is_json=True)


def public(
    name: str, method: str = "GET", *, ok: Status = 200, args: Factory = nothing, data: Factory = nothing
) -> list[Row]:
    """A page that is the same for everybody, signed in or not, on both hosts: two rows, so write `*public(...)`."""
    return [
        region(name, method, EVERYBODY, ok=ok, nobody=ok, args=args, data=data),
        operators(name, method, SIGNED_IN_OPERATORS, ok=ok, nobody=ok, args=args, data=data),
    ]


def _row(
    urlconf: str,
    columns: Mapping[str, tuple[str, ...]],
    name: str,
    method: str,
    allowed: str,
    ok: Status,
    refused: Status,
    nobody: Status,
    args: Factory,
    data: Factory,
    overrides: Mapping[str, Status],
    is_json: bool = False,
) -> Row:
    names = allowed.split()
    strangers = (set(names) | set(overrides)) - set(columns)
    if strangers:
        raise ValueError(f"{name}: no such column {sorted(strangers)}")
    expected: dict[str, Status] = {who: ok if who in names else refused for who in columns}
    return Row(urlconf, name, method, {NOBODY: nobody, **expected, **overrides}, args, data, is_json)


def rows() -> list[Row]:
    """All rows of all modules in `permission_rows/`."""
    found: list[Row] = []
    for path in sorted((Path(__file__).parent / "permission_rows").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"permission_rows_{path.stem}", path)
        if spec is None or spec.loader is None:
            raise ImportError(path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found += module.ROWS
    return found


@dataclass(frozen=True)
class Endpoint:
    """A URL pattern of one of the two URL confs. `arguments` are the names in its address."""

    urlconf: str
    name: str
    route: str
    arguments: frozenset[str] = field(default_factory=frozenset)


def endpoints(urlconf: str) -> list[Endpoint]:
    """Every pattern that a URL conf answers, with namespaces in the name (`api:me`)."""

    def walk(patterns: list[URLPattern | URLResolver], route: str, namespace: str) -> list[Endpoint]:
        found = []
        for pattern in patterns:
            here = route + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                found += walk(pattern.url_patterns, here, inner)
            else:
                arguments = frozenset(pattern.pattern.converters) | frozenset(pattern.pattern.regex.groupindex)
                found.append(Endpoint(urlconf, f"{namespace}{pattern.name or ''}", here, arguments))
        return found

    return walk(get_resolver(urlconf).url_patterns, "/", "")
