"""The command that judges pages by address: what it finds among planted pages, and what it leaves alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from control.pages.addresses import Loopback
from control.pages.comparing import Verdict
from control.pages.fetching import Fetcher
from control.pages.scanning import look_at_page
from control.pages.styling import MOST_SHEETS
from kernel.judol.pages import judge_page
from tests.control.pages.planted import SENTENCES, Planted, home, honest_pages, honest_sites, planted
from tests.control.pages.servers import Asked, Reply, serving

PLANTED, HONEST = planted(), honest_sites()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A real server on loopback with all pages."""
    pages = {page.path: page.reply for page in [*PLANTED, *HONEST]}
    pages |= {path: reply for page in [*PLANTED, *HONEST] for path, reply in page.beside}

    def site(asked: Asked) -> Reply:
        reply = pages.get(asked.path)
        return reply(asked) if reply else Reply("Tidak ada", 404)

    with serving(site) as port:
        yield port


def scan(lines: Sequence[str], *, loopback: str, monkeypatch: pytest.MonkeyPatch, **options: Any) -> list[Any]:
    monkeypatch.setattr("sys.stdin", StringIO("\n".join(lines)))
    said = StringIO()
    call_command("scan_url", loopback=loopback, stdout=said, **options)
    return [json.loads(line) for line in said.getvalue().splitlines()]


def verdicts(pages: Sequence[Planted], port: int, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    lines = [json.dumps({"id": page.path, "url": f"http://127.0.0.1:{port}{page.path}"}) for page in pages]
    return {answer["id"]: answer for answer in scan(lines, loopback=f"127.0.0.1:{port}", monkeypatch=monkeypatch)}


def test_of_a_hundred_planted_pages_at_least_ninety_five_in_a_hundred_are_found(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(PLANTED) >= 100
    answers = verdicts(PLANTED, port, monkeypatch)
    missed = [(page.kind, page.path) for page in PLANTED if not Verdict(answers[page.path]["verdict"]).is_bad]
    assert len(missed) <= 0.05 * len(PLANTED), missed
    named_otherwise = {
        page.path: (page.kind, answers[page.path]["verdict"], answers[page.path]["reasons"])
        for page in PLANTED
        if answers[page.path]["verdict"] not in page.verdicts
    }
    assert not named_otherwise


def test_honest_sites_are_clean_also_where_they_differ_by_visitor(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = verdicts(HONEST, port, monkeypatch)
    wrong = {
        page.path: (page.kind, answers[page.path])
        for page in HONEST
        if answers[page.path]["verdict"] not in page.verdicts
    }
    assert not wrong


def test_of_a_thousand_honest_pages_fewer_than_one_in_a_hundred_is_suspected() -> None:
    suspected = [
        judgement.findings
        for judgement in (judge_page(page, "dinas.kotacontoh.go.id") for page in honest_pages(1_000))
        if judgement.is_decided
    ]
    assert len(suspected) < 10, suspected[:3]


def test_style_sheets_are_asked_for_only_where_words_may_be_hidden_and_only_within_a_budget() -> None:
    asked: list[str] = []
    links = "".join(f'<link rel="stylesheet" href="/{number}.css">' for number in range(30))
    elsewhere = '<link rel="stylesheet" href="http://lain.example/x.css">'
    pages = {
        "/jujur": home(head=links, middle=f"<p>{SENTENCES[0]}</p>"),
        "/iklan": home(head=elsewhere + links, end='<p class="q"><a href="https://merpati88.example/">slot</a></p>'),
    }

    def site(request: Asked) -> Reply:
        asked.append(request.path)
        sheets = {
            "/static/situs.css": "",
            "/0.css": "@import '/dalam.css'; @import 'http://127.0.0.1:1/x.css';" + "/* */" * 40_000,
            "/dalam.css": "@import '/lebih-dalam.css'; .q{display:none}",
        }
        if request.path in pages:
            return Reply(pages[request.path])
        return Reply(sheets.get(request.path, "p{margin:0}" * 30_000), headers={"Content-Type": "text/css"})

    with serving(site) as port:
        fetcher = Fetcher(loopback=Loopback("127.0.0.1", port))
        base = f"http://127.0.0.1:{port}"
        assert look_at_page(f"{base}/jujur", fetcher).verdict is Verdict.CLEAN
        assert asked == ["/jujur"] * 4
        asked.clear()
        assert look_at_page(f"{base}/iklan", fetcher).verdict is Verdict.INJECTED
    sheets = [path for path in asked if path.endswith(".css")]
    assert sheets == ["/static/situs.css", "/0.css", "/dalam.css", "/1.css", "/2.css", "/3.css"]
    assert len(sheets) < MOST_SHEETS
    assert asked.count("/iklan") == 4


def test_the_same_page_gets_the_same_answer(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (verdicts(PLANTED[::9], port, monkeypatch) for _ in range(2))
    for answer in [*first.values(), *second.values()]:
        del answer["ms"]
    assert first == second


def test_an_answer_tells_what_each_visitor_got(monkeypatch: pytest.MonkeyPatch) -> None:
    away = "https://merpati88.example/"

    def site(asked: Asked) -> Reply:
        if "Googlebot" in asked.headers["user-agent"]:
            return Reply(status=302, headers={"Location": away})
        return Reply(home()) if asked.path == "/berita" else Reply(status=404)

    with serving(site) as port:
        url = f"http://127.0.0.1:{port}/berita"
        [answer] = scan([json.dumps({"id": 7, "url": url})], loopback=f"127.0.0.1:{port}", monkeypatch=monkeypatch)
    assert (answer["id"], answer["verdict"]) == (7, "cloaked")
    assert answer["profiles"]["A"]["title"] == "Dinas Pendidikan Kota"
    assert answer["profiles"]["B"]["chain"] == [[302, url]]
    assert answer["profiles"]["B"]["findings"] == [["redirect", away]]
    assert {code: profile["status"] for code, profile in answer["profiles"].items()} == {
        "A": 200,
        "B": 0,
        "C": 200,
        "D": 200,
    }


def test_a_bad_line_gets_an_error_and_the_next_one_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda asked: Reply(home())) as port:
        answers = scan(
            [
                "bukan json",
                "[]",
                '{"id": 1}',
                '{"id": 2, "url": 5}',
                '{"id": 3, "url": "http://127.0.0.1:1/"}',
                '{"id": 4, "url": "http://169.254.169.254/"}',
                json.dumps({"id": 5, "url": f"http://127.0.0.1:{port}/x"}),
            ],
            loopback=f"127.0.0.1:{port}",
            monkeypatch=monkeypatch,
        )
    assert [answer.get("error") for answer in answers[:4]] == ["not JSON", "no url", "no url", "no url"]
    assert [(answer["verdict"], answer["reasons"]) for answer in answers[4:]] == [
        ("unreachable", ["A:port"]),
        ("unreachable", ["A:address"]),
        ("clean", []),
    ]


def test_without_a_named_server_nothing_on_this_machine_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Asked] = []

    def site(request: Asked) -> Reply:
        asked.append(request)
        return Reply(home())

    with serving(site) as port:
        answers = scan(
            [json.dumps({"id": 1, "url": f"http://127.0.0.1:{port}/"})], loopback="", monkeypatch=monkeypatch
        )
    assert answers[0]["verdict"] == "unreachable"
    assert not asked


def test_a_name_of_elsewhere_cannot_be_given_for_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError):
        scan([], loopback="10.0.0.1:80", monkeypatch=monkeypatch)
