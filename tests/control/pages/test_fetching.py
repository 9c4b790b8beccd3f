"""Fetching from real servers on loopback: what is followed, what is refused, where it ends."""

from __future__ import annotations

import datetime as dt
import gzip
import ssl
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from control.pages.addresses import Loopback
from control.pages.fetching import MAX_BYTES, Fetched, Fetcher, Hop, Pace
from tests.control.pages.servers import Asked, Internet, Reply, Site, serving

PUBLIC, OTHER = "93.184.216.34", "93.184.216.35"
VISITOR = {"User-Agent": "Pengunjung/1.0", "Accept-Language": "id"}


def one_site(site: Site, *, url: str = "http://situs.go.id/") -> tuple[Fetched, Internet]:
    """What a visitor of a public site gets that answers so."""
    with serving(site) as port:
        internet = Internet({"situs.go.id": [[PUBLIC]]}, {(PUBLIC, 80): port})
        return internet.fetcher().fetch(url, VISITOR), internet


def moved(to: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": to})


def test_a_page_comes_with_its_status_headers_and_body_and_the_visitors_words_go_out() -> None:
    asked: list[Asked] = []

    def site(request: Asked) -> Reply:
        asked.append(request)
        return Reply("Halo", headers={"X-Robots-Tag": "noindex"})

    got, _ = one_site(site, url="http://situs.go.id/berita?no=1")
    assert (got.status, got.body, got.failure, got.header("x-robots-tag")) == (200, b"Halo", "", "noindex")
    assert asked[0].path == "/berita?no=1"
    assert asked[0].headers["host"] == "situs.go.id"
    assert asked[0].headers["user-agent"] == "Pengunjung/1.0"
    assert "cookie" not in asked[0].headers


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    got, internet = one_site(lambda request: Reply("Halo"))
    assert got.body == b"Halo"
    assert internet.connected == [(PUBLIC, 80)]


def test_a_name_that_answers_otherwise_a_moment_later_is_still_reached_where_it_was_checked() -> None:
    with serving(lambda request: Reply("Halo")) as port:
        internet = Internet({"situs.go.id": [[PUBLIC], ["127.0.0.1"]]}, {(PUBLIC, 80): port, ("127.0.0.1", 80): port})
        fetcher = internet.fetcher()
        first, second = fetcher.fetch("http://situs.go.id/", VISITOR), fetcher.fetch("http://situs.go.id/", VISITOR)
    assert first.body == b"Halo"
    assert (second.failure, second.body) == ("address", b"")
    assert internet.connected == [(PUBLIC, 80)]


def test_a_redirect_to_the_same_name_is_resolved_and_checked_anew() -> None:
    with serving(lambda request: moved("/rahasia")) as port:
        internet = Internet({"situs.go.id": [[PUBLIC], ["169.254.169.254"]]}, {(PUBLIC, 80): port})
        got = internet.fetcher().fetch("http://situs.go.id/", VISITOR)
    assert got.failure == "address"
    assert internet.connected == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("http://127.0.0.1/", "address"),
        ("http://localhost/", "host"),
        ("http://[::1]/", "address"),
        ("http://169.254.169.254/latest/meta-data/", "address"),
        ("http://2130706433/", "address"),
        ("http://dalam.go.id/", "address"),
        ("http://situs.go.id:8080/", "port"),
        ("file:///etc/passwd", "scheme"),
        ("http://admin@situs.go.id/", "credentials"),
        ("http://tidak-ada.example/", "name"),
    ],
)
def test_a_redirect_to_where_nobody_may_go_is_not_followed_and_is_told(to: str, reason: str) -> None:
    with serving(lambda request: moved(to)) as port:
        internet = Internet({"situs.go.id": [[PUBLIC]], "dalam.go.id": [["10.0.0.7"]]}, {(PUBLIC, 80): port})
        got = internet.fetcher().fetch("http://situs.go.id/", VISITOR)
    assert (got.failure, got.failed_at) == (reason, to)
    assert got.hops == (Hop("http://situs.go.id/", 302, to),)
    assert internet.connected == [(PUBLIC, 80)]


def test_redirects_are_followed_to_another_name_with_the_whole_way_told() -> None:
    with (
        serving(lambda request: moved("http://lain.go.id/akhir", 301)) as first,
        serving(lambda request: Reply("Sampai " + request.headers["host"])) as second,
    ):
        names = {"situs.go.id": [[PUBLIC]], "lain.go.id": [[OTHER]]}
        internet = Internet(names, {(PUBLIC, 80): first, (OTHER, 80): second})
        got = internet.fetcher().fetch("http://situs.go.id/", VISITOR)
    assert got.body == b"Sampai lain.go.id"
    assert got.hops == (
        Hop("http://situs.go.id/", 301, "http://lain.go.id/akhir"),
        Hop("http://lain.go.id/akhir", 200),
    )


def test_five_redirects_are_followed_and_the_sixth_is_not() -> None:
    def site(request: Asked) -> Reply:
        step = int(request.path.strip("/") or 0)
        return Reply("Sampai") if step == 5 and "lama" not in request.path else moved(f"/{step + 1}")

    got, _ = one_site(site)
    assert (got.body, len(got.hops)) == (b"Sampai", 6)
    endless, internet = one_site(lambda request: moved("/"))
    assert (endless.failure, len(internet.connected)) == ("redirects", 6)


def test_a_page_that_moves_by_script_or_meta_is_handed_back_as_it_is() -> None:
    page = '<meta http-equiv="refresh" content="0;url=http://lain.example/"><script>location="http://lain.example"</script>'
    got, internet = one_site(lambda request: Reply(page))
    assert got.body.decode() == page
    assert internet.connected == [(PUBLIC, 80)]


def test_a_body_is_cut_at_two_megabytes() -> None:
    got, _ = one_site(lambda request: Reply(b"a" * (MAX_BYTES + 10)))
    assert (len(got.body), got.is_cut) == (MAX_BYTES, True)


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
def test_a_packed_body_is_cut_at_two_megabytes_unpacked(pack: object) -> None:
    bomb = pack(b"\0" * 60_000_000)  # type: ignore[operator]
    got, _ = one_site(lambda request: Reply(bomb, headers={"Content-Encoding": "gzip"}))
    assert (len(got.body), got.is_cut) == (MAX_BYTES, True)
    small, _ = one_site(lambda request: Reply(pack(b"Halo"), headers={"Content-Encoding": "deflate"}))  # type: ignore[operator]
    assert (small.body, small.is_cut) == (b"Halo", False)


@pytest.mark.parametrize(("encoding", "body"), [("br", b"Halo"), ("gzip", b"bukan gzip"), ("gzip, gzip", b"x")])
def test_what_cannot_be_unpacked_is_a_failure(encoding: str, body: bytes) -> None:
    got, _ = one_site(lambda request: Reply(body, headers={"Content-Encoding": encoding}))
    assert (got.failure, got.body) == ("encoding", b"")


def _drip(piece: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for _ in range(100):
        time.sleep(0.05)
        yield piece


@pytest.mark.parametrize("piece", [b"X-A: b\r\n", b"X", b"\r\n"], ids=["header lines", "one long line", "body"])
def test_a_server_that_trickles_for_ever_is_left_in_time(piece: bytes) -> None:
    with serving(lambda request: Reply(raw=lambda: _drip(piece))) as port:
        internet = Internet({"situs.go.id": [[PUBLIC]]}, {(PUBLIC, 80): port})
        got = internet.fetcher(seconds=0.4).fetch("http://situs.go.id/", VISITOR)
    assert (got.failure, got.status) == ("timeout", 0)


def test_redirects_share_one_deadline() -> None:
    def site(request: Asked) -> Reply:
        time.sleep(0.15)
        return moved("/lagi")

    with serving(site) as port:
        internet = Internet({"situs.go.id": [[PUBLIC]]}, {(PUBLIC, 80): port})
        got = internet.fetcher(seconds=0.4).fetch("http://situs.go.id/", VISITOR)
    assert got.failure == "timeout"
    assert len(internet.connected) < 5


@pytest.mark.parametrize(
    "raw",
    [b"", b"bukan http\r\n\r\n", b"HTTP/1.1 999999 X\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n"],
)
def test_an_answer_that_is_no_http_is_a_failure(raw: bytes) -> None:
    got, _ = one_site(lambda request: Reply(raw=lambda: iter([raw])))
    assert got.failure in ("protocol", "connection")


def test_nobody_there_is_a_failure() -> None:
    with serving(lambda request: Reply()) as port:
        pass
    internet = Internet({"situs.go.id": [[PUBLIC]]}, {(PUBLIC, 80): port})
    assert internet.fetcher().fetch("http://situs.go.id/", VISITOR).failure == "connection"


def test_the_server_named_for_an_examination_is_reached_and_no_other_one() -> None:
    with serving(lambda request: Reply("Rahasia")) as other:

        def site(request: Asked) -> Reply:
            return Reply("Halo") if request.path == "/" else moved(f"http://127.0.0.1:{other}/")

        with serving(site) as port:
            fetcher = Fetcher(resolver=Internet(), loopback=Loopback("127.0.0.1", port))
            got = fetcher.fetch(f"http://127.0.0.1:{port}/", VISITOR)
            led_astray = fetcher.fetch(f"http://127.0.0.1:{port}/pindah", VISITOR)
    assert got.body == b"Halo"
    assert (led_astray.failure, led_astray.body) == ("port", b"")


def _certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate of nobody's for one name: its file, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


def test_a_trusted_certificate_of_the_name_is_taken_and_any_other_is_a_finding(tmp_path: Path) -> None:
    path, context = _certificate(tmp_path, "situs.go.id")
    trusting = ssl.create_default_context(cafile=str(path))
    with serving(lambda request: Reply("Halo " + request.headers["host"]), tls=context) as port:
        names = {"situs.go.id": [[PUBLIC]], "lain.go.id": [[PUBLIC]]}
        internet = Internet(names, {(PUBLIC, 443): port})
        own = internet.fetcher(tls=trusting).fetch("https://situs.go.id/", VISITOR)
        anothers = internet.fetcher(tls=trusting).fetch("https://lain.go.id/", VISITOR)
        unknown = internet.fetcher().fetch("https://situs.go.id/", VISITOR)
    assert own.body == b"Halo situs.go.id"
    assert (anothers.failure, unknown.failure) == ("certificate", "certificate")


def test_a_host_is_asked_once_a_second_and_another_one_at_once() -> None:
    waits: list[float] = []
    pace = Pace(1.0, sleep=waits.append)
    for host in ("situs.go.id", "situs.go.id", "lain.go.id", "situs.go.id"):
        pace.wait(host)
    assert [round(wait) for wait in waits] == [1, 2]
