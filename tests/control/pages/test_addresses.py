"""Which addresses a page may be fetched from."""

from collections.abc import Sequence

import pytest

from control.pages.addresses import Loopback, Refused, Target, checked_address, read_target, resolve
from tests.control.pages.servers import Internet

PUBLIC = "93.184.216.34"

REFUSED_ADDRESSES = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "2002:7f00:1::",
    "2002:808:808::",
    "2001::1",
    "2001:db8::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "100::1",
]


@pytest.mark.parametrize("address", REFUSED_ADDRESSES)
def test_an_address_that_is_not_a_public_server_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="address"):
        checked_address(address)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_a_public_address_is_taken(address: str) -> None:
    assert str(checked_address(address)) == address


@pytest.mark.parametrize("bad", REFUSED_ADDRESSES)
@pytest.mark.parametrize("order", [lambda bad: [PUBLIC, bad], lambda bad: [bad, PUBLIC]], ids=["last", "first"])
def test_one_private_address_among_public_ones_refuses_the_name(bad: str, order: object) -> None:
    internet = Internet({"situs.go.id": [order(bad)]})  # type: ignore[operator]
    with pytest.raises(Refused, match="address"):
        resolve(read_target("http://situs.go.id/"), internet, seconds=1)


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.1",
        "127.0.1",
        "127.0.0.1.",
        "192.168.0.0x1",
        "1.2.3.08",
        "\uff11\uff12\uff17.0.0.1",
        "\u2460\u2461\u2466.0.0.1",
        "127\u30020\u30020\u30021",
        "[::1]",
        "[::ffff:7f00:1]",
        "[fe80::1%25eth0]",
        "localhost",
        "intranet",
        "localhost.",
        "",
        "situs..go.id",
        "-situs.go.id",
        "situs-.go.id",
        "situs go.id",
        "situs.go.id\t",
        "situs.go.id%2f.jahat.example",
    ],
)
def test_a_host_that_is_a_number_in_disguise_or_no_public_name_is_refused(host: str) -> None:
    with pytest.raises(Refused):
        read_target(f"http://{host}/")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "scheme"),
        ("gopher://situs.go.id/", "scheme"),
        ("ftp://situs.go.id/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("//situs.go.id/", "scheme"),
        ("situs.go.id", "scheme"),
        ("http://situs.go.id:8080/", "port"),
        ("http://situs.go.id:443/", "port"),
        ("https://situs.go.id:80/", "port"),
        ("http://situs.go.id:22/", "port"),
        ("http://situs.go.id:0/", "port"),
        ("http://situs.go.id:99999/", "host"),
        ("http://admin:rahasia@situs.go.id/", "credentials"),
        ("http://situs.go.id@127.0.0.1/", "credentials"),
        ("http://@situs.go.id/", "credentials"),
        ("http://situs.go.id/" + "a" * 2_000, "long"),
        ("http://situs.go.id/\r\nHost: lain", "host"),
        ("http://situs.go.id/\x00", "host"),
    ],
)
def test_a_url_that_is_no_plain_public_page_is_refused(url: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read_target(url)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://Situs.GO.id", Target("http", "situs.go.id", 80, "/")),
        ("https://situs.go.id.:443/a b?c=d e#f", Target("https", "situs.go.id", 443, "/a%20b?c=d%20e")),
        ("http://situs.go.id/%E2%9C%93/\u2713", Target("http", "situs.go.id", 80, "/%E2%9C%93/%E2%9C%93")),
        ("http://b\u00fccher.example/", Target("http", "xn--bcher-kva.example", 80, "/")),
        ("http://93.184.216.34/", Target("http", PUBLIC, 80, "/")),
    ],
)
def test_a_plain_url_is_read(url: str, target: Target) -> None:
    assert read_target(url) == target


@pytest.mark.parametrize("addresses", [[], None])
def test_a_name_without_addresses_is_refused(addresses: Sequence[str] | None) -> None:
    internet = Internet({} if addresses is None else {"situs.go.id": [addresses]})
    with pytest.raises(Refused, match="name"):
        resolve(read_target("http://situs.go.id/"), internet, seconds=1)


@pytest.mark.parametrize("text", ["127.0.0.1:8099", "localhost:8099", "[::1]:8099"])
def test_one_loopback_server_can_be_named_for_an_examination(text: str) -> None:
    loopback = Loopback.parse(text)
    assert str(loopback) == text
    assert read_target(f"http://{text}/halaman", loopback=loopback).is_loopback


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "10.0.0.1:80", "situs.go.id:80", "127.0.0.1:80/x", "a@127.0.0.1:80", "127.0.0.1:x", "*:80"]
)
def test_nothing_but_an_exact_loopback_server_can_be_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"loopback|[Pp]ort"):
        Loopback.parse(text)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8098/", "http://127.0.0.2:8099/", "http://localhost:8099/", "http://[::1]:8099/"]
)
def test_the_named_server_opens_no_other_one(url: str) -> None:
    with pytest.raises(Refused):
        read_target(url, loopback=Loopback.parse("127.0.0.1:8099"))
