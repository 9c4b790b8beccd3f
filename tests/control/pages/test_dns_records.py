"""What a real name server on loopback says of a name, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from control.pages.addresses import PublicDNS, Refused, read_target, resolve
from control.pages.dns_records import MachineNameServers, changes, take_inventory
from tests.control.pages.name_servers import Zone, answering

NAME = "dinas.kotacontoh.go.id"
PUBLIC, FAR = "93.184.216.34", "203.119.1.1"


@pytest.fixture
def zone() -> Zone:
    """A name in good order."""
    return Zone(
        {
            (NAME, "A"): [PUBLIC],
            (NAME, "AAAA"): ["2606:2800:220:1::1"],
            (NAME, "MX"): ["10 Surat.kotacontoh.go.id."],
            (NAME, "TXT"): ['"v=spf1 -all"', '"panjang" "-sekali"'],
            ("kotacontoh.go.id", "NS"): ["ns2.kotacontoh.go.id.", "ns1.kotacontoh.go.id."],
        }
    )


@pytest.fixture
def servers(zone: Zone) -> Iterator[MachineNameServers]:
    with answering(zone) as resolver:
        yield MachineNameServers(resolver)


def test_the_inventory_of_a_name_holds_what_the_server_says(servers: MachineNameServers) -> None:
    found = take_inventory(NAME, servers)
    assert found is not None
    assert found.records == {
        "A": (PUBLIC,),
        "AAAA": ("2606:2800:220:1::1",),
        "CNAME": (),
        "NS": ("ns1.kotacontoh.go.id", "ns2.kotacontoh.go.id"),
        "MX": ("10 surat.kotacontoh.go.id",),
        "TXT": ("panjang-sekali", "v=spf1 -all"),
    }
    assert (found.is_wild, found.dangling) == (False, "")
    assert changes({}, found) == changes(found.kept({}), found) == []


def test_a_zone_that_somebody_else_took_over_drifts(servers: MachineNameServers, zone: Zone) -> None:
    before = take_inventory(NAME, servers)
    assert before is not None
    zone.said[NAME, "A"] = [FAR]
    zone.said["kotacontoh.go.id", "NS"] = ["ns.lain.example."]
    zone.said[NAME, "TXT"].append('"google-site-verification=abc"')
    zone.said[f"*.{NAME}", "A"] = [FAR]
    now = take_inventory(NAME, servers)
    assert now is not None
    assert changes(before.kept({}), now) == [
        f"A: {PUBLIC} -> {FAR}",
        "NS: ns1.kotacontoh.go.id, ns2.kotacontoh.go.id -> ns.lain.example",
        "TXT: + google-site-verification=abc",
        "*: kd-7c1f0e-uji-liar",
    ]


def test_a_name_that_points_to_a_name_which_nobody_has_is_told_at_the_first_look(
    servers: MachineNameServers, zone: Zone
) -> None:
    zone.said = {(NAME, "CNAME"): ["lama.hosting.example."]}
    found = take_inventory(NAME, servers)
    assert found is not None
    assert found.dangling == "lama.hosting.example"
    assert changes({}, found) == ["CNAME lama.hosting.example: NXDOMAIN"]


def test_a_kind_that_gets_no_answer_is_no_change_and_hides_none(servers: MachineNameServers, zone: Zone) -> None:
    first = take_inventory(NAME, servers)
    assert first is not None
    kept = first.kept({})
    zone.broken = {(NAME, "MX"), (f"kd-7c1f0e-uji-liar.{NAME}", "A")}
    zone.said[NAME, "A"] = [FAR]
    second = take_inventory(NAME, servers)
    assert second is not None
    assert changes(kept, second) == [f"A: {PUBLIC} -> {FAR}"]
    assert second.kept({**kept, "wild": True}) == {
        "records": {**first.kept({})["records"], "A": [FAR]},  # type: ignore[dict-item]
        "wild": True,
        "dangling": "",
    }


def test_a_server_that_answers_nothing_gives_no_inventory(servers: MachineNameServers, zone: Zone) -> None:
    zone.broken = {(NAME, kind) for kind in ("A", "AAAA", "CNAME", "MX", "TXT")} | {("kotacontoh.go.id", "NS")}
    assert take_inventory(NAME, servers) is None


def test_a_name_is_reached_at_the_addresses_that_the_server_says(zone: Zone) -> None:
    zone.said["www.kotacontoh.go.id", "CNAME"] = [f"{NAME}."]
    target = read_target("https://www.kotacontoh.go.id/")
    with answering(zone) as resolver:
        assert resolve(target, PublicDNS(resolver), seconds=5) == PUBLIC


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "name"),
        ({"A": ["10.0.0.1"]}, "address"),
        ({"A": [PUBLIC, "127.0.0.1"]}, "address"),
        ({"A": [PUBLIC], "AAAA": ["::ffff:169.254.169.254"]}, "address"),
        ({"CNAME": ["dalam.kotacontoh.go.id."]}, "address"),
    ],
)
def test_a_name_that_leads_inside_is_refused_whatever_else_it_says(
    said: dict[str, list[str]], reason: str, zone: Zone
) -> None:
    zone.said = {("situs.kotacontoh.go.id", kind): values for kind, values in said.items()}
    zone.said["dalam.kotacontoh.go.id", "A"] = ["192.168.1.1"]
    with answering(zone) as resolver, pytest.raises(Refused) as refused:
        resolve(read_target("http://situs.kotacontoh.go.id/"), PublicDNS(resolver), seconds=5)
    assert refused.value.reason == reason
