"""The whole cast in any region, so that two regions can be twins: the same rows under the same keys, other words.

Each region's people and offices carry a canary, a word that no page of another region may show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.test import Client

from kernel.accounts.models import User
from kernel.accounts.second_factor import note_shown
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.state import RegionState
from tests.architecture.permission_table import REGION_COLUMNS, Cast
from tests.cast import (
    Office,
    Person,
    RegionClient,
    make_employee,
    make_nip,
    make_opd,
    make_position,
    make_unit,
    make_user,
)


def canary(region: RegionState) -> str:
    return f"kenari{region.code}"


def settle(region: RegionState) -> Cast:
    """Give a region the office, the cast and one user for each role, all named with its canary."""
    word = canary(region)
    with region_scope(region):
        opd = make_opd("1.01", f"Dinas {word}")
        unit = make_unit(opd, "1.01.01", f"Bidang {word}")
        head = make_position(opd, "P-1", f"Kepala {word}", kelas=14, kind="jpt")
        section_head = make_position(unit, "P-2", f"Kepala Seksi {word}", kelas=9, kind="pengawas", superior=head)
        staff = make_position(unit, "P-3", f"Pengelola {word}", superior=section_head)
        office = Office(opd, unit, head, section_head, staff)
        posts = {
            "ani": staff,
            "budi": section_head,
            "citra": make_position(opd, "P-4", f"Bendahara {word}", superior=head),
            "dedi": make_position(opd, "P-5", f"Pengadministrasi {word}", superior=head),
        }
        people: dict[str, Person] = {}
        users: dict[str, User] = {}
        for serial, (column, roles) in enumerate(REGION_COLUMNS.items(), 901):
            nip = make_nip(serial)
            user = make_user(nip, f"{column} {word}", *roles, opd=opd if column == "operator_opd" else None)
            users[column] = user
            if column in posts:
                people[column] = Person(user, make_employee(f"{column} {word}", posts[column], nip=nip, user=user))
        return Cast(office, people["ani"], people["budi"], people["citra"], people["dedi"], users)


def client_at(region: RegionState | None, *, user: User | None = None, cookie: str = "") -> Client:
    client = RegionClient(region.hosts[0] if region else "localhost")
    client.raise_request_exception = False
    if user is not None:
        with region_scope(region) if region else control_scope():
            client.force_login(user)
            # Whoever must have a second factor would be sent to it from every page.
            session = client.session
            note_shown(session, user)
            session.save()
    if cookie:
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    return client


def cookie_of(user: User, region: RegionState | None) -> str:
    return str(client_at(region, user=user).cookies[settings.SESSION_COOKIE_NAME].value)


@dataclass(frozen=True)
class Twin:
    """One of two regions with the same cast under the same keys, each with its own canary word."""

    region: RegionState
    cast: Cast
    # A session cookie for each column.
    cookies: Mapping[str, str]

    def client(self, column: str) -> Client:
        """Somebody of this region at its host; for a column that nobody is on, nobody."""
        return client_at(self.region, cookie=self.cookies.get(column, ""))


def settled(region: RegionState) -> Twin:
    cast = settle(region)
    return Twin(region, cast, {column: cookie_of(user, region) for column, user in cast.users.items()})
