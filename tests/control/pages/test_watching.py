"""The watch over a region's names: proof, scans, the second look, what is kept and what is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from control.pages import actions, listing, watching
from control.pages.errors import NameWatchedAlready, NoPublicName, NotProved, NotWatched
from control.pages.models import Capture, Scan, WatchedName
from control.pages.tasks import send_due
from control.regions.models import Domain, Region
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.delivery.models import OutboxMessage
from kernel.tenancy.context import control_scope
from kernel.watching import Severity
from tests.control.pages.planted import OFFERS, SPAM, home, is_robot
from tests.control.pages.servers import Asked, Internet, Reply, serving

PUBLIC = "93.184.216.34"
NAME = "dinas.kotacontoh.go.id"
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DOORWAY = SPAM.format(words=OFFERS[0][0], url=OFFERS[0][1])


@dataclass
class Names:
    """Name servers that say this."""

    said: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def records(self, name: str, kind: str) -> Sequence[str] | None:
        return None if name in self.gone else self.said.get((name, kind), [])


@dataclass
class World:
    """One public site and its name servers; `pages` are what it answers by path."""

    pages: dict[str, Callable[[Asked], Reply]]
    internet: Internet
    servers: Names = field(default_factory=Names)

    def scan(self, watched: WatchedName) -> Scan:
        found = watching.scan_name(watched.uid, fetcher=self.internet.fetcher(), servers=self.servers)
        assert found is not None
        return found


@pytest.fixture
def world() -> Iterator[World]:
    pages: dict[str, Callable[[Asked], Reply]] = {"/": lambda asked: Reply(home())}

    def site(asked: Asked) -> Reply:
        return pages[asked.path](asked) if asked.path in pages else Reply("Tidak ada", 404)

    with serving(site) as port:
        yield World(pages, Internet({NAME: [[PUBLIC]]}, {(PUBLIC, 80): port}))


@pytest.fixture(autouse=True)
def _at_the_operators(db: None) -> Iterator[None]:
    with control_scope(), clock.at(MORNING):
        yield


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Mapping[str, Any]]]:
    """The events that the watch tells, by name."""
    events: list[tuple[str, Mapping[str, Any]]] = []
    monkeypatch.setattr(watching, "emit", lambda name, /, **facts: events.append((name, facts)))
    return events


@pytest.fixture
def watched(operator: User) -> WatchedName:
    """A name of Manado's that was proved."""
    name = actions.add_name(region="manado", name=NAME, actor=operator)
    WatchedName.objects.filter(pk=name.pk).update(state=WatchedName.State.PROVED, next_scan_at=MORNING)
    name.refresh_from_db()
    return name


def later(minutes: float) -> Any:
    return clock.at(MORNING + timedelta(minutes=minutes))


def only_for_robots(asked: Asked) -> Reply:
    return Reply(DOORWAY) if is_robot(asked) else Reply(home())


def test_a_name_is_written_down_in_dns_form_and_waits_for_its_proof(operator: User) -> None:
    name = actions.add_name(region="manado", name=" Dinas.KotaContoh.go.id. ", actor=operator)
    assert (name.name, name.state, name.kind) == (NAME, "waiting", "own")
    assert len(name.token) == 32
    with pytest.raises(NameWatchedAlready):
        actions.add_name(region="manado", name=NAME, actor=operator)
    assert actions.add_name(region="banjarmasin", name=NAME, actor=operator).token != name.token


@pytest.mark.parametrize(
    "name", ["", "localhost", "10.0.0.1", "8.8.8.8", "2130706433", "http://a.go.id/", "a.go.id/x", "::1"]
)
def test_what_is_no_public_name_is_refused(name: str, operator: User) -> None:
    with pytest.raises(NoPublicName):
        actions.add_name(region="manado", name=name, actor=operator)


def test_a_record_proves_a_name_and_the_first_scan_is_due(operator: User, world: World) -> None:
    name = actions.add_name(region="manado", name=NAME, actor=operator)
    world.servers.said[NAME, "TXT"] = ["v=spf1 -all", name.txt_value]
    proved = actions.prove(uid=name.uid, actor=operator, fetcher=world.internet.fetcher(), servers=world.servers)
    assert (proved.state, proved.proof, proved.next_scan_at) == ("proved", "txt", MORNING)
    assert AuditEvent.objects.filter(action="pages.name_proved", note=f"{NAME}: txt").exists()


def test_a_file_proves_a_name(operator: User, world: World) -> None:
    name = actions.add_name(region="manado", name=NAME, actor=operator)
    world.pages[name.file_path] = lambda asked: Reply(f"{name.token}\n")
    proved = actions.prove(uid=name.uid, actor=operator, fetcher=world.internet.fetcher(), servers=world.servers)
    assert (proved.state, proved.proof) == ("proved", "file")


def test_what_proves_something_else_does_not_prove_the_name(operator: User, world: World) -> None:
    name = actions.add_name(region="manado", name=NAME, actor=operator)
    others = actions.add_name(region="banjarmasin", name=NAME, actor=operator)
    world.servers.said[NAME, "TXT"] = [others.txt_value, name.token]
    world.pages[name.file_path] = lambda asked: Reply(status=302, headers={"Location": "/lain"})
    world.pages["/lain"] = lambda asked: Reply(name.token)
    with pytest.raises(NotProved):
        actions.prove(uid=name.uid, actor=operator, fetcher=world.internet.fetcher(), servers=world.servers)
    name.refresh_from_db()
    assert name.state == "waiting"


def test_a_clean_site_is_looked_at_again_a_day_later(watched: WatchedName, world: World, told: list[Any]) -> None:
    scan = world.scan(watched)
    watched.refresh_from_db()
    assert (scan.verdict, scan.is_confirmed, scan.url) == ("clean", False, f"http://{NAME}/")
    assert watched.next_scan_at == MORNING + timedelta(days=1)
    assert [(name, facts["severity"]) for name, facts in told] == [("page_scan_result", Severity.INFORMATIONAL)]
    captures = Capture.objects.filter(scan=scan)
    assert [capture.visitor for capture in captures] == ["A", "B", "C", "D"]
    assert not captures.filter(body__isnull=False).exists()


def test_a_finding_is_told_when_a_second_scan_ten_minutes_later_confirms_it(
    watched: WatchedName, world: World, told: list[Any]
) -> None:
    world.pages["/"] = only_for_robots
    first = world.scan(watched)
    watched.refresh_from_db()
    assert (first.verdict, first.is_confirmed) == ("cloaked", False)
    assert watched.next_scan_at == MORNING + timedelta(minutes=10)
    assert watched.alarm_since is None
    assert [(name, facts["severity"]) for name, facts in told] == [("page_scan_result", Severity.MEDIUM)]
    told.clear()
    with later(10):
        second = world.scan(watched)
    standing = WatchedName.objects.get(pk=watched.pk)
    assert second.is_confirmed
    assert (standing.alarm_since, standing.alarm_verdict) == (MORNING + timedelta(minutes=10), "cloaked")
    assert standing.next_scan_at == MORNING + timedelta(minutes=70)
    [_, finding] = told
    assert finding[0] == "page_cloaked"
    assert (finding[1]["subject"], finding[1]["region"], finding[1]["scan"]) == (NAME, "manado", str(second.uid))
    assert listing.alarms("manado") == [second]
    assert listing.alarms("banjarmasin") == []


def test_a_finding_that_stands_is_told_once_and_ends_with_a_clean_scan(
    watched: WatchedName, world: World, told: list[Any]
) -> None:
    world.pages["/"] = only_for_robots
    for minutes in (0, 10, 70, 130):
        with later(minutes):
            world.scan(watched)
    assert [name for name, _ in told].count("page_cloaked") == 1
    world.pages["/"] = lambda asked: Reply(home())
    with later(190):
        world.scan(watched)
    watched.refresh_from_db()
    assert (watched.alarm_since, watched.alarm_verdict) == (None, "")
    assert watched.next_scan_at == MORNING + timedelta(minutes=190, days=1)


@pytest.mark.parametrize("minutes", [0, 9, 60 * 25])
def test_a_second_look_too_soon_or_a_day_later_confirms_nothing(
    minutes: int, watched: WatchedName, world: World, told: list[Any]
) -> None:
    world.pages["/"] = lambda asked: Reply(DOORWAY)
    world.scan(watched)
    with later(minutes):
        again = world.scan(watched)
    assert (again.verdict, again.is_confirmed) == ("defaced", False)
    assert "page_defaced" not in [name for name, _ in told]


def test_what_was_seen_is_kept_as_evidence(watched: WatchedName, world: World, told: list[Any]) -> None:
    world.pages["/"] = only_for_robots
    scan = world.scan(watched)
    [pair] = listing.side_by_side(scan.uid)
    assert (pair.person.visitor, pair.other.visitor) == ("A", "B")
    assert pair.person.title == "Dinas Pendidikan Kota"
    assert pair.other.title == OFFERS[0][0]
    assert pair.other.likeness is not None
    assert pair.other.likeness < 0.1
    assert "title" in [found["code"] for found in pair.other.seen]
    assert pair.other.body is not None
    assert pair.other.body.sha256 == pair.other.body_sha256
    assert pair.other.body.content_type == "application/octet-stream"


def test_a_doorway_of_the_sitemap_is_found_behind_a_clean_home_page(
    watched: WatchedName, world: World, told: list[Any]
) -> None:
    world.pages["/robots.txt"] = lambda asked: Reply(f"Sitemap: http://{NAME}/peta.xml")
    world.pages["/peta.xml"] = lambda asked: Reply(
        "<urlset>"
        + "".join(f"<loc>http://{NAME}/berita/{part}</loc>" for part in range(40))
        + f"<loc>http://{NAME}/slot-gacor-maxwin</loc><loc>https://lain.example/x</loc></urlset>"
    )
    world.pages["/slot-gacor-maxwin"] = lambda asked: Reply(DOORWAY)
    scan = world.scan(watched)
    assert (scan.verdict, scan.url) == ("defaced", f"http://{NAME}/slot-gacor-maxwin")
    assert scan.pages == 21
    assert "lain.example" not in world.internet.looked_up


def test_pages_that_changed_since_the_last_scan_are_looked_at_besides_the_twenty(
    watched: WatchedName, world: World, told: list[Any]
) -> None:
    def sitemap(asked: Asked) -> Reply:
        days = {7: "2026-11-24T08:00:00+08:00", 8: "2026-11-01", 9: "2026-13-45"}
        rows = (
            f"<url><loc>http://{NAME}/b/{part}</loc>"
            + (f"<lastmod>{days[part % 10]}</lastmod>" if part % 10 in days else "")
            + "</url>"
            for part in range(100)
        )
        return Reply(f"<urlset>{''.join(rows)}</urlset>")

    def sees(minutes: int) -> list[str]:
        asked: list[str] = []

        def page(seen: Asked) -> Reply:
            asked.append(seen.path)
            return Reply(home())

        world.pages.update({f"/b/{part}": page for part in range(100)})
        with later(minutes):
            world.scan(watched)
        return asked

    world.pages["/sitemap.xml"] = sitemap
    assert len(set(sees(0))) == 20
    again = set(sees(1_440))
    assert again >= {f"/b/{tens}7" for tens in ["", *range(1, 10)]}
    assert len(again) > 20


def test_a_file_that_proves_the_site_to_a_search_engine_is_a_new_token(
    watched: WatchedName, world: World, told: list[Any]
) -> None:
    proof = "google0123456789abcdef.html"
    world.pages["/sitemap.xml"] = lambda asked: Reply(f"<urlset><loc>http://{NAME}/b/1</loc></urlset>")
    assert world.scan(watched).notes == []
    world.pages["/sitemap.xml"] = lambda asked: Reply(f"<urlset><loc>http://{NAME}/{proof}</loc></urlset>")
    with later(1_440):
        assert world.scan(watched).notes == [["new_verification", proof]]
    with later(2_880):
        assert world.scan(watched).notes == []


def test_a_sitemap_that_grows_by_half_and_a_new_token_are_noted(
    watched: WatchedName, world: World, told: list[Any]
) -> None:
    def sitemap(size: int) -> Callable[[Asked], Reply]:
        return lambda asked: Reply("<urlset>" + "".join(f"<loc>http://{NAME}/b/{part}</loc>" for part in range(size)))

    world.pages["/sitemap.xml"] = sitemap(40)
    assert world.scan(watched).notes == []
    world.pages["/sitemap.xml"] = sitemap(61)
    world.pages["/"] = lambda asked: Reply(home(head='<meta name="google-site-verification" content="abc123">'))
    with later(1_440):
        scan = world.scan(watched)
    assert scan.notes == [["sitemap_jumped", "40 -> 61"], ["new_verification", "google-site-verification=abc123"]]
    assert told[-1][1]["severity"] == Severity.MEDIUM


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ({"A": ["93.184.216.34"]}, {"A": ["93.184.9.9"]}, []),
        ({"A": ["93.184.216.34"]}, {"A": ["203.119.1.1"]}, ["A: 93.184.216.34 -> 203.119.1.1"]),
        ({"CNAME": []}, {"CNAME": ["x.example"]}, ["CNAME: - -> x.example"]),
        ({"MX": ["10 mail.a"]}, {"MX": ["10 mail.b"]}, ["MX: 10 mail.a -> 10 mail.b"]),
        ({"TXT": ["a"]}, {"TXT": ["a", "v=spf1 -all"]}, []),
        ({"TXT": []}, {"TXT": ["google-site-verification=x"]}, ["TXT: + google-site-verification=x"]),
    ],
)
def test_a_change_of_the_name_servers_words_is_told(
    before: Mapping[str, list[str]],
    after: Mapping[str, list[str]],
    changes: list[str],
    watched: WatchedName,
    world: World,
    told: list[Any],
) -> None:
    for said in (before, after):
        world.servers.said = {(NAME, kind): values for kind, values in said.items()}
        scan = world.scan(watched)
    assert scan.dns_changes == changes
    assert [facts["changes"] for name, facts in told if name == "dns_drift"] == ([changes] if changes else [])


def test_a_wildcard_and_a_cname_to_nobody_are_told(watched: WatchedName, world: World, told: list[Any]) -> None:
    world.servers.said[NAME, "CNAME"] = ["lama.hosting.example"]
    world.scan(watched)
    world.servers.said[f"kd-7c1f0e-uji-liar.{NAME}", "A"] = [PUBLIC]
    world.servers.gone.add("lama.hosting.example")
    scan = world.scan(watched)
    assert scan.dns_changes == ["*: kd-7c1f0e-uji-liar", "CNAME lama.hosting.example: NXDOMAIN"]


def test_name_servers_that_do_not_answer_change_nothing(watched: WatchedName, world: World, told: list[Any]) -> None:
    world.servers.said[NAME, "A"] = [PUBLIC]
    world.scan(watched)

    class Silent:
        def records(self, name: str, kind: str) -> Sequence[str] | None:
            raise OSError

    watching.scan_name(watched.uid, fetcher=world.internet.fetcher(), servers=Silent())
    watched.refresh_from_db()
    assert watched.dns["records"]["A"] == [PUBLIC]


def test_a_site_that_nobody_can_open_is_no_finding(watched: WatchedName, told: list[Any]) -> None:
    scan = watching.scan_name(watched.uid, fetcher=Internet().fetcher(), servers=Names())
    assert scan is not None
    assert (scan.verdict, scan.reasons[0]) == ("unreachable", "A:name")
    assert [facts["severity"] for _, facts in told] == [Severity.INFORMATIONAL]


def test_what_is_due_is_handed_over_once(watched: WatchedName) -> None:
    send_due()
    send_due()
    assert [message.kwargs for message in OutboxMessage.objects.filter(task=actions.SCAN_TASK)] == [
        {"uid": str(watched.uid)}
    ]


def test_only_so_many_names_are_handed_over_at_a_time_and_what_may_be_an_attack_first(
    operator: User, world: World, told: list[Any], settings: Any
) -> None:
    settings.PAGES_AT_ONCE = 2
    names = [actions.add_name(region="manado", name=f"situs{number}.{NAME}", actor=operator) for number in range(5)]
    for number, name in enumerate(names):
        WatchedName.objects.filter(pk=name.pk).update(
            state=WatchedName.State.PROVED, next_scan_at=MORNING - timedelta(hours=5 - number)
        )
    Scan.objects.create(name=names[3], at=MORNING - timedelta(minutes=10), verdict=Scan.Verdict.CLOAKED)
    WatchedName.objects.filter(pk=names[4].pk).update(alarm_since=MORNING - timedelta(days=3))

    def sent() -> list[str]:
        uids = [
            message.kwargs["uid"] for message in OutboxMessage.objects.filter(task=actions.SCAN_TASK).order_by("id")
        ]
        return [WatchedName.objects.get(uid=uid).name.partition(".")[0] for uid in uids]

    send_due()
    send_due()
    assert sent() == ["situs3", "situs4"]
    world.scan(names[3])
    send_due()
    assert sent() == ["situs3", "situs4", "situs0"]
    with later(41):
        send_due()
    assert sent()[3:] == ["situs4", "situs1"]


def test_a_name_is_scanned_by_one_at_a_time_and_again_when_that_one_died(
    watched: WatchedName, world: World, told: list[Any], operator: User
) -> None:
    WatchedName.objects.filter(pk=watched.pk).update(scanning_since=MORNING)
    assert watching.scan_name(watched.uid, fetcher=world.internet.fetcher(), servers=world.servers) is None
    with pytest.raises(NotWatched):
        actions.scan_now(uid=watched.uid, actor=operator)
    with later(21):
        assert world.scan(watched).verdict == "clean"
    watched.refresh_from_db()
    assert watched.scanning_since is None


def test_a_stopped_name_is_not_scanned_and_comes_back_with_a_new_proof(
    watched: WatchedName, world: World, operator: User
) -> None:
    token = watched.token
    actions.stop(uid=watched.uid, actor=operator)
    assert watching.scan_name(watched.uid, fetcher=world.internet.fetcher(), servers=world.servers) is None
    with pytest.raises(NotWatched):
        actions.scan_now(uid=watched.uid, actor=operator)
    again = actions.add_name(region="manado", name=NAME, actor=operator)
    assert (again.pk, again.state) == (watched.pk, "waiting")
    assert again.token != token


def test_while_an_incident_is_open_a_regions_names_are_looked_at_each_hour(
    watched: WatchedName, world: World, told: list[Any]
) -> None:
    world.scan(watched)
    assert actions.watch_closely(region="manado", until=MORNING + timedelta(hours=30)) == 1
    watched.refresh_from_db()
    assert watched.next_scan_at == MORNING + timedelta(minutes=5)
    world.scan(watched)
    watched.refresh_from_db()
    assert watched.next_scan_at == MORNING + timedelta(hours=1)


def test_the_platforms_own_names_are_watched_as_long_as_they_are_served() -> None:
    region = Region.objects.get(code="manado")
    Domain.objects.create(domain="absen.kotacontoh.go.id", tenant=region, is_primary=False)
    actions.follow_registry()
    own = WatchedName.objects.get(name="absen.kotacontoh.go.id")
    assert (own.kind, own.state, own.proof) == ("platform", "proved", "registry")
    assert not WatchedName.objects.filter(name__endswith=".localhost").exists()
    Domain.objects.filter(domain="absen.kotacontoh.go.id").delete()
    actions.follow_registry()
    own.refresh_from_db()
    assert own.state == "stopped"


def test_a_platforms_name_cannot_be_stopped_by_hand(operator: User) -> None:
    Domain.objects.create(domain="absen.kotacontoh.go.id", tenant=Region.objects.get(code="manado"), is_primary=False)
    actions.follow_registry()
    with pytest.raises(NotWatched):
        actions.stop(uid=WatchedName.objects.get(name="absen.kotacontoh.go.id").uid, actor=operator)


def test_old_scans_that_found_nothing_go_and_findings_and_the_newest_stay(
    watched: WatchedName, world: World, told: list[Any]
) -> None:
    world.scan(watched)
    world.pages["/"] = only_for_robots
    with later(60):
        bad = world.scan(watched)
    world.pages["/"] = lambda asked: Reply(home())
    with later(120):
        newest = world.scan(watched)
    with later(60 * 24 * 31):
        assert watching.prune() == 1
    assert set(Scan.objects.all()) == {bad, newest}


def test_a_scan_asks_the_network_outside_of_a_transaction(watched: WatchedName, world: World, told: list[Any]) -> None:
    depths = []

    def site(asked: Asked) -> Reply:
        depths.append(len(connection.savepoint_ids))
        return Reply(home())

    before = len(connection.savepoint_ids)
    world.pages["/"] = site
    world.scan(watched)
    assert set(depths) == {before}
