"""Reading a page: what is hidden, where it points, what its scripts would do; and the rule that decides it."""

from __future__ import annotations

import base64

import pytest

from kernel.judol.hosts import host_of, is_foreign, registrable, words_of_host, words_of_url
from kernel.judol.page_reading import decode, read_page
from kernel.judol.pages import chunks_of, judge_page, turns_on_styles
from kernel.judol.scripts import DEPTH, MOST_DECODED, read_script

URL = "http://situs.kota.go.id/berita/"
LINK = '<a href="https://tujuan.example/x">kata</a>'
HONEST = "<p>Pelayanan kartu keluarga dibuka setiap hari kerja di kantor kecamatan.</p>" * 12


def way_of(html: str) -> str:
    [anchor] = read_page(html, URL).anchors
    return anchor.hidden


@pytest.mark.parametrize(
    ("style", "way"),
    [
        ("display:none", "display"),
        ("DISPLAY : NONE !important", "display"),
        ("visibility:hidden", "visibility"),
        ("opacity:0", "opacity"),
        ("opacity:.01", "opacity"),
        ("font-size:0", "font"),
        ("font-size:1px", "font"),
        ("font:0/0 a", "font"),
        ("position:absolute;left:-9999px", "off-screen"),
        ("position:fixed;top:-100em", "off-screen"),
        ("text-indent:-5000px", "off-screen"),
        ("transform:translateX(-9999px)", "off-screen"),
        ("transform:scale(0)", "size"),
        ("height:1px;overflow:hidden", "size"),
        ("max-height:0;overflow:hidden", "size"),
        ("position:absolute;clip:rect(0,0,0,0)", "clip"),
        ("clip-path:inset(100%)", "clip"),
        ("color:#fff", "colour"),
        ("color:rgba(0,0,0,0)", "colour"),
        ("color:transparent", "colour"),
        ("background:#000;color:rgb(2, 2, 2)", "colour"),
        ("color:#333", ""),
        ("background:#fff;color:#000", ""),
        ("background:url(x.png);color:#fff", ""),
        ("opacity:0.5", ""),
        ("font-size:12px", ""),
        ("left:-9999px", ""),
        ("height:1px", ""),
        ("display:block", ""),
    ],
)
def test_what_a_style_hides(style: str, way: str) -> None:
    assert way_of(f'<div style="{style}"><p>{LINK}</p></div>') == way
    assert way_of(f"<style>.k, p.z{{{style}}}</style><div class='a k'>{LINK}</div>") == way
    assert (
        way_of(f"<style>@media screen {{ #k > div b {{{style}}} }}</style><i id=k><div><b>{LINK}</b></div></i>") == way
    )


@pytest.mark.parametrize(
    ("html", "way"),
    [
        (f"<div hidden>{LINK}</div>", "display"),
        (f"<body><noscript>{LINK}</noscript>", "noscript"),
        (f"<marquee height=1>{LINK}</marquee>", "marquee"),
        (f"<marquee scrollamount=9999>{LINK}</marquee>", "marquee"),
        (f"<marquee>{LINK}</marquee>", ""),
        (f"<font size=0>{LINK}</font>", "font"),
        (f'<body bgcolor="#000000"><font color="#010101">{LINK}</font>', "colour"),
        (f"<!-- {LINK} -->", "comment"),
        (f"<html><body></body></html>{LINK}", "after the end"),
        (f"<script>var a='</html>'</script>{LINK}", ""),
        (f"<style>@media print {{ .k {{ display:none }} }}</style><p class=k>{LINK}</p>", ""),
        (f"<style>.k:hover {{ display:none }}</style><p class=k>{LINK}</p>", ""),
        (f'<link rel=stylesheet href=a.css><p style="color:white">{LINK}</p>', ""),
        (LINK, ""),
    ],
)
def test_what_an_element_or_its_place_hides(html: str, way: str) -> None:
    assert way_of(html) == way


SHEET = "http://situs.kota.go.id/tampilan.css"


def way_by(css: str, html: str, *, link: str = "<link rel=stylesheet href=/tampilan.css>") -> str:
    [anchor] = read_page(link + html, URL, styles={SHEET: css}).anchors
    return anchor.hidden


@pytest.mark.parametrize(
    ("css", "html", "way"),
    [
        (".q{display:none}", f"<div class='a q'>{LINK}</div>", "display"),
        ("#q{position:absolute;left:-9999px}", f"<div id=q>{LINK}</div>", "off-screen"),
        ("footer u{visibility:hidden}", f"<footer><p><u>{LINK}</u></p></footer>", "visibility"),
        (".q{position:absolute} .z{left:-9999px}", f"<p class='q z'>{LINK}</p>", "off-screen"),
        ("body{background:#fff} .q{color:#fefefe}", f"<p class=q>{LINK}</p>", "colour"),
        (".q{color:#fff}", f"<p class=q>{LINK}</p>", "colour"),
        (".q{color:#fff} .q{background:navy}", f"<p class=q>{LINK}</p>", ""),
        ("@media screen{.q{display:none}}", f"<p class=q>{LINK}</p>", "display"),
        ("@media (min-width:1px){.q{display:none}}", f"<p class=q>{LINK}</p>", "display"),
        ("@supports (display:grid){@media all{.q{display:none}}}", f"<p class=q>{LINK}</p>", "display"),
        # A phone's menu and a computer's: each is seen by somebody.
        ("@media (max-width:600px){.q{display:none}}", f"<p class=q>{LINK}</p>", ""),
        (".q{display:none} @media (min-width:48em){.q{display:block}}", f"<p class=q>{LINK}</p>", ""),
        (".q{display:none} @media (width >= 768px){.q{display:block}}", f"<p class=q>{LINK}</p>", ""),
        ("@media print{.q{display:none}}", f"<p class=q>{LINK}</p>", ""),
        ("@media (prefers-color-scheme:dark){.q{display:none}}", f"<p class=q>{LINK}</p>", ""),
        ("@keyframes k{from{opacity:0}}", f"<p>{LINK}</p>", ""),
        # The cascade: importance, own style, selector, order.
        (".q{display:none} .q.r{display:block}", f"<p class='q r'>{LINK}</p>", ""),
        (".q.r{display:block} .q{display:none}", f"<p class='q r'>{LINK}</p>", ""),
        (".q{display:block} .r{display:none}", f"<p class='q r'>{LINK}</p>", "display"),
        (".r{display:none} .q{display:block}", f"<p class='q r'>{LINK}</p>", ""),
        ("#q{display:none} p.r{display:block}", f"<p id=q class=r>{LINK}</p>", "display"),
        (".q{display:none}", f"<p class=q style='display:block'>{LINK}</p>", ""),
        (".q{display:none!important}", f"<p class=q style='display:block'>{LINK}</p>", "display"),
        ("p:not(.r){opacity:0}", f"<p>{LINK}</p>", "opacity"),
        ("p:hover{display:none}", f"<p>{LINK}</p>", ""),
        # Who takes the gaps from a list gives its items their size again.
        ("ul{font-size:0} li{font-size:14px}", f"<ul><li>{LINK}</ul>", ""),
        ("ul{font-size:0} li{font-size:1em}", f"<ul><li>{LINK}</ul>", "font"),
        (".q{color:#fff} .q a{color:#333}", f"<p class=q>{LINK}</p>", ""),
    ],
)
def test_what_a_style_sheet_in_a_file_of_its_own_hides(css: str, html: str, way: str) -> None:
    assert way_by(css, html) == way
    assert way_of(html) == ("display" if "style='display:none" in html else "")


@pytest.mark.parametrize(
    ("link", "way"),
    [
        ("<link rel='preload stylesheet' href=/tampilan.css>", "display"),
        ("<style>@import url('/tampilan.css');</style>", "display"),
        ("<base href='http://situs.kota.go.id/lain/'><link rel=stylesheet href='../tampilan.css'>", "display"),
        ("<link rel=stylesheet media=print href=/tampilan.css>", ""),
        ("<link rel='alternate stylesheet' href=/tampilan.css>", ""),
        ("<link rel=stylesheet href=/lain.css>", ""),
    ],
)
def test_only_the_sheets_that_a_page_takes_are_read(link: str, way: str) -> None:
    assert way_by(".q{display:none}", f"<p class=q>{LINK}</p>", link=link) == way


def test_icons_that_a_linked_sheet_sets_are_no_words_of_the_page() -> None:
    page = read_page("<link rel=stylesheet href=/tampilan.css><p>Isi", URL, styles={SHEET: "i::before{content:'f101'}"})
    assert page.text == "Isi"
    assert page.sheets == (SHEET,)


@pytest.mark.parametrize(
    "css",
    [
        "@media print{a{}" * 50_000,
        ".a{" * 100_000,
        "a b>c,d e{color:red}" * 20_000,
        ".z{color:red}" * 20_000,
        "}" * 200_000,
    ],
)
def test_a_style_sheet_made_to_be_slow_is_read_in_one_go(css: str) -> None:
    assert way_by(css, f"<p>{LINK}</p>" + "<i class=z></i>" * 20_000) == ""


@pytest.mark.parametrize(
    ("html", "turns"),
    [
        (HONEST, False),
        (HONEST + LINK, False),
        (HONEST + '<a href="https://lain.example/">mpo slot</a>', True),
        (HONEST + "<p>situs slot gacor deposit pulsa</p>", True),
        (HONEST + '<a href="https://berita.example/pejabat-hadiri-rapat">Pejabat hadiri rapat</a>', False),
    ],
)
def test_style_sheets_decide_only_where_something_would_advertise(html: str, *, turns: bool) -> None:
    assert turns_on_styles(read_page(html, URL), "situs.kota.go.id") is turns


def test_a_page_is_read_as_it_is_shown() -> None:
    page = read_page(
        "<title> Judul &amp; kata </title><base href='/dasar/'><meta name=robots content='NoIndex'>"
        "<meta http-equiv=refresh content='3; url=../pindah'><link rel=canonical href='asli'>"
        "<link rel=amphtml href='//amp.example/x'><meta name=google-site-verification content=abc>"
        "<style>p::before{content:'sisip'}</style><p>s<b>l</b>o&#116;</p><p>dua<br>tiga</p><img alt='gambar'>"
        "<a href='x'><img alt='dalam'></a><div style='display:none'>rahasia</div>",
        URL,
    )
    assert page.title == "Judul & kata"
    assert page.text == "slot dua tiga gambar dalam sisip"
    assert page.hidden_text == "rahasia"
    assert page.canonical == "http://situs.kota.go.id/dasar/asli"
    assert page.amphtml == "http://amp.example/x"
    assert page.refresh == "http://situs.kota.go.id/pindah"
    assert page.robots == "noindex"
    assert page.verifications == ("google-site-verification=abc",)
    assert [(anchor.text, anchor.url) for anchor in page.anchors] == [("dalam", "http://situs.kota.go.id/dasar/x")]


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("é".encode(), "", "é"),
        ("é".encode("latin-1"), "", "é"),
        ("é".encode("latin-1"), "iso-8859-1", "é"),
        ("é".encode("utf-16"), "", "é"),
        (b"\xef\xbb\xbf\xc3\xa9", "latin-1", "é"),
        ('<meta charset="gb2312">老虎机'.encode("gb2312"), "", '<meta charset="gb2312">老虎机'),
        (b"+AGE-", "utf-7", "+AGE-"),
        (b"a", "tidak-ada", "a"),
    ],
)
def test_a_body_is_decoded_by_what_is_known_of_it(body: bytes, charset: str, text: str) -> None:
    assert decode(body, charset) == text


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


TO = "https://tujuan.example/masuk"


@pytest.mark.parametrize(
    "source",
    [
        f'window.location="{TO}"',
        f"document.location.href = '{TO}'",
        f'top.location.replace("{TO}")',
        f'location["assign"]("{TO}")',
        f'window["location"]["href"]="{TO}"',
        f'var a="{TO}"; setTimeout(function(){{ location.href = a }}, 5)',
        f'var a="{TO[:9]}", b="{TO[9:]}"; location = a + b',
        f'location.href = "{TO[:12]}" + "{TO[12:]}"',
        f'location.href = atob("{coded(TO)}")',
        f'var x = "{coded(TO)}"; location.href = atob(x)',
        f"eval(atob('{coded(f'location.href={TO!r}')}'))",
        f"eval(atob(atob('{coded(coded(f'location={TO!r}'))}')))",
        f"eval(String.fromCharCode({','.join(str(ord(c)) for c in f'location={TO!r}')}))",
        f"var c=[{','.join(hex(ord(c)) for c in TO)}]; location = c.map(x=>String.fromCharCode(x)).join('')",
        f"eval(unescape('{''.join(f'%{ord(c):02x}' for c in f'location={TO!r}')}'))",
        "location = '" + "".join(f"\\x{ord(c):02x}" for c in TO) + "'",
        f'location = "{TO[::-1]}".split("").reverse().join("")',
        f'location = ["{TO[:8]}","{TO[8:]}"].join("")',
        f"document.write(\"<meta http-equiv=refresh content='0;url={TO}'>\")",
        "window['loc'+'ation'] = '" + TO + "'",
        "eval(function(p,a,c,k,e,d){return p}('0.1=\\'2://3.4/5\\'',6,6,'window|location|https|tujuan|example|masuk'.split('|')))",
    ],
)
def test_where_a_script_would_send_a_visitor(source: str) -> None:
    assert read_script(source).moves == (TO,)


@pytest.mark.parametrize(
    "source",
    [
        f'fetch("{TO}")',
        f'if (location == "{TO}") alert(1)',
        f'var x = location.href; var y = "{TO}"',
        f'window.open("{TO}")',
        "location.href = '/beranda'",
        "location.reload()",
        f'var image = "{coded("bukan alamat sama sekali")}"',
    ],
)
def test_a_script_that_sends_nobody_away(source: str) -> None:
    assert read_script(source).moves == ()


def test_decoding_goes_two_layers_deep_and_no_further() -> None:
    layers = f"location='{TO}'"
    for _ in range(DEPTH + 1):
        layers = f"eval(atob('{coded(layers)}'))"
    assert read_script(layers).moves == ()


def test_decoding_stops_at_a_bound() -> None:
    many = ";".join(f"atob('{coded(f'{number} ' + 'isi ' * 2_000)}')" for number in range(30))
    assert sum(len(text) for text in read_script(many).decoded) <= MOST_DECODED


@pytest.mark.parametrize(
    "html", ["<div>" * 50_000, "<b><i>" * 50_000, "<div>" * 900 + "<p>" * 50_000, "<a href=x>" * 20_000]
)
def test_a_page_that_nests_without_end_is_read_up_to_a_bound(html: str) -> None:
    assert judge_page(html + "kata", "situs.go.id").reasons == ("too_deep",)


# Each would take minutes if reading cost the square of the size.
@pytest.mark.parametrize(
    "html",
    [
        "<script>" * 100_000,
        "<script " * 100_000,
        "<!--" * 200_000,
        "<style>" + "@media print{a{}" * 50_000,
        "<style>" + "/* " * 170_000,
        "<style>a b,i u{color:red}</style>" * 20_000 + "<i>x</i>" * 20_000,
        "<p style='transform:translate(" + " " * 900 + "'>x</p>" * 500,
        "</html>" * 100_000,
        '<script>x="' + '\\"' * 100_000 + "</script>",
        "<script>x=[" + '"a"  ' * 50_000 + "</script>",
        "<script>fromCharCode(1" + " " * 200_000 + "</script>",
        "<script>" + "}('\\'" * 40_000 + "split</script>",
        "<script>" + "a=" * 100_000 + "</script>",
        "<script>location=a" + " " * 200_000 + "</script>",
    ],
)
def test_a_page_made_to_be_slow_is_read_in_one_go(html: str) -> None:
    assert not judge_page(html, "situs.go.id").is_decided


def test_chunks_are_cut_between_words_and_lose_none() -> None:
    text = " ".join(f"kata{number}" for number in range(400))
    chunks = list(chunks_of(text))
    assert " ".join(chunks) == text
    assert all(len(chunk) <= 400 for chunk in chunks)
    assert list(chunks_of("a" * 1_000)) == ["a" * 400, "a" * 400, "a" * 200]


def test_hosts() -> None:
    assert registrable("www.dinas.manadokota.go.id") == "manadokota.go.id"
    assert registrable("a.b.example.com") == "example.com"
    assert registrable("127.0.0.1") == "127.0.0.1"
    assert not is_foreign("dinas.manadokota.go.id", ["www.manadokota.go.id"])
    assert is_foreign("tomohon.go.id", ["manadokota.go.id"])
    assert host_of("mailto:a@b.go.id") == host_of("/x") == host_of("http://[") == ""
    assert words_of_url("https://a.go.id/slot-gacor_hari%20ini.html?x=1") == "slot gacor hari ini html x 1"
    assert words_of_host("www.merpati88.example") == "www merpati88"


@pytest.mark.parametrize(
    ("html", "codes", "is_decided", "is_injected"),
    [
        (HONEST, [], False, False),
        # The worked example of docs/security/pages.md.
        (
            HONEST
            + '<div style="left:-9999px;position:absolute"><a href="https://merpati88.example/">slot gacor</a></div>',
            ["hidden_anchor", "hidden_text"],
            True,
            True,
        ),
        (HONEST + '<div hidden><a href="https://lain.example/">mpo slot</a></div>', ["hidden_anchor"], True, True),
        (HONEST + '<div hidden><a href="https://lain.example/">Daftar</a></div>', [], False, False),
        (
            HONEST + '<p hidden><a href="https://lain.example/b">Polisi tangkap bandar judi togel di pasar</a></p>',
            ["hidden_anchor", "hidden_text"],
            False,
            False,
        ),
        # A word of warning excuses a headline in a tab, not what is offered, not where it leads, not how it is hidden.
        (HONEST + '<p hidden><a href="https://lain.example/">slot gacor polisi</a></p>', None, True, True),
        (
            HONEST + '<p hidden><a href="https://slot88.example/">Polisi tangkap bandar judi togel</a></p>',
            None,
            True,
            True,
        ),
        (
            HONEST
            + '<p style="text-indent:-999px"><a href="https://lain.example/">Polisi tangkap bandar judi togel</a></p>',
            None,
            True,
            True,
        ),
        (
            HONEST
            + "<p hidden>Polisi: situs slot gacor hari ini, deposit pulsa, RTP live, bonus new member, wd cepat</p>",
            ["hidden_text"],
            True,
            True,
        ),
        (
            HONEST + "<p hidden>Laporan insiden: subdomain disusupi slot gacor, takedown slot88 selesai</p>",
            None,
            False,
            False,
        ),
        ("<title>Polisi slot gacor maxwin RTP live</title>" + HONEST, None, True, False),
        ("<title>Kominfo blokir situs judi slot</title>" + HONEST, ["chunks", "title"], False, False),
        (
            HONEST + "<a href=\"javascript:location='https://slot88.example'\">Masuk</a>",
            None,
            True,
            True,
        ),
        (HONEST + "<img onerror=eval(atob('bG9jYXRpb249J2h0dHBzOi8vc2xvdDg4LmV4YW1wbGUn'))>", None, True, True),
        (HONEST + '<a href="https://slot-dana.example/">.</a>', ["anchor"], True, False),
        (HONEST + "<script>s.src='https://slot88.example/x.js'</script>", ["loads"], True, False),
        (HONEST + "<p>Sosialisasi: jangan tergiur iklan slot gacor dan bonus new member.</p>", [], False, False),
        (HONEST + '<div hidden><a href="/layanan/lain">Layanan lain</a></div>', [], False, False),
        (HONEST + '<div hidden><a href="https://berita.example/">Berita daerah</a></div>', [], False, False),
        (HONEST + '<a href="https://berita.example/">slot gacor maxwin</a>', ["chunks", "anchor"], True, False),
        (HONEST + '<link rel=canonical href="https://lain.example/">', ["canonical_elsewhere"], True, True),
        (HONEST + '<link rel=canonical href="https://lain.go.id/">', ["canonical_elsewhere"], False, False),
        (HONEST + '<link rel=amphtml href="https://situs-go-id.cdn.ampproject.org/x">', [], False, False),
        (HONEST + "<script>location='https://lain.go.id/'</script>", [], False, False),
        (HONEST + "<script>location='https://wa.me/62'</script>", [], False, False),
        (
            HONEST + "<script>b.onclick=function(){location='https://lain.example/'}</script>",
            ["script_redirect"],
            False,
            False,
        ),
        (HONEST + "<script>location='https://lain.example/'</script>", ["script_redirect"], True, True),
    ],
)
def test_the_rule_of_a_page(html: str, codes: list[str] | None, *, is_decided: bool, is_injected: bool) -> None:
    judgement = judge_page(html, "situs.go.id")
    assert codes is None or [*judgement.reasons] == codes
    assert (judgement.is_decided, judgement.is_injected) == (is_decided, is_injected)


def test_a_link_to_the_regions_other_name_leads_nowhere_else() -> None:
    html = HONEST + '<div hidden><a href="https://lomba.example/">slot gacor</a></div>'
    assert judge_page(html, "situs.go.id").hidden_anchors
    assert not judge_page(html, "situs.go.id", frozenset({"lomba.example"})).hidden_anchors
