"""Pages that were tampered with, and honest ones of governments, as a server on loopback gives them.

All inert: reserved example hosts, texts made up here, scripts that no browser runs.
"""

from __future__ import annotations

import base64
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import yaml

from tests.control.pages.servers import Asked, Reply

HOME = """<!doctype html><html lang="id"><head><meta charset="utf-8"><title>Dinas Pendidikan Kota</title>
<meta name="description" content="Situs resmi Dinas Pendidikan"><link rel="stylesheet" href="/static/situs.css">
{head}</head>
<body><header><a href="/">Beranda</a> <a href="/layanan">Layanan</a> <a href="/berita">Berita</a></header>
<main><h1>Selamat datang</h1><p>Situs resmi Dinas Pendidikan Kota. Layanan buka Senin sampai Jumat pukul 08.00 sampai
16.00. Pendaftaran peserta didik baru dilayani di kantor dan secara daring.</p>
<h2>Berita</h2><p>Rapat koordinasi persiapan ujian akhir dihadiri seluruh kepala sekolah. Bantuan operasional triwulan
ketiga telah disalurkan ke rekening sekolah. Guru yang mengikuti pelatihan literasi menerima sertifikat.</p>{middle}
<h2>Pengumuman</h2><p>Daftar hadir pegawai diunggah paling lambat tanggal lima melalui aplikasi kinerja.</p>
</main><footer><p>Jalan Contoh Nomor 1. Telepon (0431) 000000.</p>
<a href="https://www.kemdikbud.go.id/">Kementerian</a> <a href="https://www.instagram.com/dinas">Instagram</a></footer>{end}
</body></html>{after}"""

OFFERS = [
    ("slot gacor hari ini maxwin", "https://masuk.merpati88.example/"),
    ("situs slot online deposit pulsa", "https://kilatbet.example/daftar"),
    ("togel hongkong keluaran hk live draw", "https://angkatoto.example/"),
    ("akun pro slot server thailand", "https://lotus777.example/th"),
    ("RTP live slot gampang menang", "https://pohonhoki.example/rtp"),
    ("bonus new member 100 slot88", "https://cempaka4d.example/promo"),
    ("mahjong ways scatter hitam", "https://bambu138.example/"),
    ("link alternatif bandar togel terpercaya", "https://delima.example/alternatif"),
    ("daftar situs judi slot terbaik no 1", "https://naga-emas.example/"),
    ("slot thailand gacor gampang maxwin", "https://siam303.example/"),
]
SPAM = """<!doctype html><html><head><title>{words}</title></head><body><h1>{words}</h1>
<p>Selamat datang di situs {words}. Kami agen slot online terpercaya dengan deposit pulsa, bonus new
member 100 persen dan RTP live slot setiap hari. Mainkan pragmatic play, PG Soft dan mahjong ways.</p>
<p>Daftar sekarang, wd cepat, gampang menang, jackpot besar menanti. Bocoran slot gacor dan pola gacor terbaru.</p>
<a href="{url}">{words}</a><a href="{url}login">Login {words}</a></body></html>"""
HIDING: list[Callable[[str], tuple[str, str]]] = [
    lambda links: ("", f'<div style="display:none">{links}</div>'),
    lambda links: ("", f'<div style="visibility: hidden">{links}</div>'),
    lambda links: ("", f'<div style="position:absolute; left:-9999px; top:-9999px">{links}</div>'),
    lambda links: ("", f'<span style="font-size:0px">{links}</span>'),
    lambda links: ("", f'<p style="color:#ffffff;background:#fff">{links}</p>'),
    lambda links: ("<style>.q1{text-indent:-9999px} .x{color:red}</style>", f'<div class="kotak q1">{links}</div>'),
    lambda links: ("<style>#q2, .z { height:0; overflow:hidden }</style>", f'<div id="q2">{links}</div>'),
    lambda links: ("<style>main .q3 ul{opacity:0}</style>", f'<div class="q3"><ul><li>{links}</li></ul></div>'),
    lambda links: ("", f'<div style="position:absolute;clip:rect(1px,1px,1px,1px)">{links}</div>'),
    lambda links: ("", f'<marquee height="1" width="1" scrollamount="3000">{links}</marquee>'),
    lambda links: ("", f"<noscript>{links}</noscript>"),
    lambda links: ("", f"<div hidden>{links}</div>"),
    lambda links: ("", f"<!-- {links} -->"),
]

# Rules of a style sheet in a file of its own, and what they hide.
LINKED_HIDING = [
    (".kaki-bawah{position:absolute;left:-9999px}", 'class="kaki-bawah"'),
    ("body{background:#fff} .kaki-bawah,.kaki-bawah a{color:#fff}", 'class="kaki-bawah"'),
    ("@media screen{#info{height:0;overflow:hidden}}", 'id="info"'),
    (".a.b{display:none!important}", 'class="a b" style="display:block"'),
    ("footer~div{opacity:0} div{opacity:0}", ""),
]


@dataclass(frozen=True)
class Planted:
    """A page at a path: what is wrong with it, what a visitor of the path is given, what it should be called."""

    kind: str
    path: str
    reply: Callable[[Asked], Reply]
    verdicts: frozenset[str]
    # What lies beside it, by its path.
    beside: tuple[tuple[str, Callable[[Asked], Reply]], ...] = ()


def home(*, head: str = "", middle: str = "", end: str = "", after: str = "") -> str:
    return HOME.format(head=head, middle=middle, end=end, after=after)


def is_robot(asked: Asked) -> bool:
    return "googlebot" in asked.headers.get("user-agent", "").lower()


def is_from_search(asked: Asked) -> bool:
    return "google." in asked.headers.get("referer", "")


def is_phone(asked: Asked) -> bool:
    return "Mobile" in asked.headers.get("user-agent", "") and not is_robot(asked)


def always(body: str) -> Callable[[Asked], Reply]:
    return lambda asked: Reply(body)


def only(to_whom: Callable[[Asked], bool], given: Reply) -> Callable[[Asked], Reply]:
    return lambda asked: given if to_whom(asked) else Reply(home())


def _scripts(url: str) -> Iterator[str]:
    packed = base64.b64encode(url.encode()).decode()
    twice = base64.b64encode(f'window.location.href="{url}"'.encode()).decode()
    codes = ",".join(str(ord(letter)) for letter in f"location.replace('{url}')")
    half = len(url) // 2
    yield f'if(document.referrer.indexOf("google")>=0){{window.location.href=atob("{packed}");}}'
    yield f'eval(atob("{twice}"))'
    yield f"eval(String.fromCharCode({codes}))"
    yield "document.write(unescape('" + quote(f'<script>location.href="{url}"</' + "script>") + "'))"
    yield 'window["location"]["href"]="' + "".join(f"\\x{ord(letter):02x}" for letter in url) + '"'
    yield f'if(/Android|iPhone|Mobile/i.test(navigator.userAgent)) top.location="{url}";'
    yield f'var a="{url[:half]}"+"{url[half:]}"; setTimeout(function(){{location.assign(a)}}, 100)'
    yield f'var p="{url[:8]}", h="{url[8:half]}"; window.location = p + h + "{url[half:]}";'
    yield f'var r=document.referrer; if(r.match(/google|bing|yahoo/)){{var tujuan="{url}"; location=tujuan;}}'


def planted() -> list[Planted]:
    """At least a hundred pages, each of its own kind and words."""
    found: list[Planted] = []
    number = itertools.count(1)

    def add(
        kind: str, reply: Callable[[Asked], Reply], *verdicts: str, at: str = "", **beside: Callable[[Asked], Reply]
    ) -> None:
        path = f"/tanam/{next(number)}/{at}"
        found.append(
            Planted(
                kind,
                path,
                reply,
                frozenset(verdicts),
                tuple((path + name.replace("_", "."), other) for name, other in beside.items()),
            )
        )

    for (words, url), hide in zip(itertools.cycle(OFFERS), [*HIDING, *HIDING], strict=False):
        head, middle = hide(f'<a href="{url}">{words}</a> <a href="{url}login">{words} login</a>')
        add("hidden", always(home(head=head, middle=middle)), "injected")
    add("hidden", always(home(after=f'<a href="{OFFERS[0][1]}">{OFFERS[0][0]}</a>')), "injected")
    for (words, url), (rule, mark) in zip(OFFERS, LINKED_HIDING, strict=False):
        sheet = Reply(rule, headers={"Content-Type": "text/css"})
        add(
            "hidden by a linked sheet",
            always(
                home(head='<link rel="stylesheet" href="q.css">', end=f'<div {mark}><a href="{url}">{words}</a></div>')
            ),
            "injected",
            q_css=lambda asked, sheet=sheet: sheet,  # type: ignore[misc]
        )
    for words, url in OFFERS:
        add("robot only", only(is_robot, Reply(SPAM.format(words=words, url=url))), "cloaked")
        add("robot only", only(is_robot, Reply(home(middle=f'<p><a href="{url}">{words}</a></p>'))), "cloaked")
        add("from search only", only(is_from_search, Reply(SPAM.format(words=words, url=url))), "cloaked")
        add("phone only", only(is_phone, Reply(SPAM.format(words=words, url=url))), "cloaked")
        add("defaced", always(SPAM.format(words=words, url=url)), "defaced")
    for (words, url), warning in zip(OFFERS[:4], ("polisi", "blokir", "razia", "waspada"), strict=True):
        link = f'<a href="{url}">{words} {warning}</a>'
        add("hidden with a warning", always(home(end=f"<div hidden>{link} {link}</div>")), "injected")
        robots = Reply(SPAM.format(words=words, url=url))
        add(
            "a doorway that only robots find",
            lambda asked, robots=robots: robots if is_robot(asked) else Reply("Tidak ada", 404),  # type: ignore[misc]
            "cloaked",
        )
    for whom in (is_robot, is_from_search, is_phone):
        for _, url in OFFERS[:3]:
            add("sent away", only(whom, Reply(status=302, headers={"Location": url})), "cloaked")
    for _, url in OFFERS[:4]:
        add("canonical", always(home(head=f'<link rel="canonical" href="{url}">')), "injected")
        add("canonical", only(is_robot, Reply(home(head=f'<link rel="amphtml" href="{url}amp">'))), "cloaked")
    for _, url in OFFERS[:2]:
        for script in _scripts(url):
            add("script", always(home(head=f"<script>{script}</script>")), "injected")
    for script in _scripts("https://cdn-7f3a.example/go"):
        add("script to a quiet host", always(home(end=f"<script>{script}</script>")), "injected")
    for words, url in (OFFERS[0], OFFERS[3]):
        link = f'<a href="{url}">{words}</a>'
        add("script writes", always(home(end=f"<script>document.write('<div>{link}</div>')</script>")), "injected")
        add("handler", always(home(middle=f"<img src=x onerror=\"location.href='{url}'\">")), "injected")
        add("base", always(home(head=f'<base href="{url}">')), "injected")
        add("frame", always(home(end=f'<iframe src="{url}" width="1" height="1"></iframe>')), "injected")
        add("frame", always(home(end=f'<iframe src="{url}" width="100%" height="900"></iframe>')), "defaced")
        add("refresh", always(home(head=f'<meta http-equiv="refresh" content="0; url={url}">')), "injected")
        add("description", only(is_robot, Reply(home(head=f'<meta property="og:title" content="{words}">'))), "cloaked")
        doors = "".join(f'<a href="/{words.replace(" ", "-")}-{part}/">lihat</a>' for part in range(4))
        add("links to doorways", always(home(middle=doors)), "injected")
        thai = "\u0e2a\u0e25\u0e47\u0e2d\u0e15\u0e40\u0e27\u0e47\u0e1a\u0e15\u0e23\u0e07"
        add("another language", only(is_robot, Reply(home(middle=f"<p>{thai} {thai}</p>"))), "cloaked")
    for words, _ in OFFERS[:4]:
        slugs = "".join(f"<url><loc>/{words.replace(' ', '-')}-{part}.html</loc></url>" for part in range(9))
        names = "".join(f"<url><loc>/berita/{part}</loc></url>" for part in range(20))
        doorways = Reply(f"<urlset>{names}{slugs}</urlset>", headers={"Content-Type": "application/xml"})
        plain = Reply(f"<urlset>{names}</urlset>", headers={"Content-Type": "application/xml"})
        add("doorways", always(home()), "injected", sitemap_xml=lambda asked, doors=doorways: doors)  # type: ignore[misc]
        add(
            "doorways",
            always(home()),
            "cloaked",
            sitemap_xml=lambda asked, doors=doorways, plain=plain: doors if is_robot(asked) else plain,  # type: ignore[misc]
        )
    return found


SENTENCES = [
    "Satpol PP bersama Polresta menertibkan praktik judi togel dan sabung ayam di tiga kelurahan.",
    "Petugas menyita rekap togel, uang tunai, dan dua telepon genggam sebagai barang bukti.",
    "Wali Kota mengimbau warga menjauhi judi online karena merusak keluarga dan melanggar KUHP.",
    "Dinas Kominfo memblokir tautan slot yang disusupkan ke subdomain lama dan melapor kepada CSIRT.",
    "Sosialisasi bahaya judi daring bagi ASN diikuti seratus dua puluh peserta dari semua OPD.",
    "Surat edaran larangan judi online bagi pegawai telah ditandatangani Sekretaris Daerah.",
    "Pendaftaran antrean memakai slot waktu pagi dan siang, satu slot untuk lima belas pemohon.",
    "Bunga deposito kas daerah dan saldo kas umum direkonsiliasi setiap akhir bulan.",
    "Penyertaan modal kepada bank daerah disetujui DPRD dalam rapat paripurna.",
    "Bandar udara dan pelabuhan melayani arus mudik tanpa antrean panjang.",
    "Jalan sehat berhadiah utama umrah diikuti dua ribu warga.",
    "Bonus atlet peraih medali dibayarkan melalui rekening masing-masing.",
    "Pola tanam padi musim kedua mengikuti kalender dari Dinas Pertanian.",
    "Pelayanan KTP elektronik dibuka di kecamatan setiap hari kerja.",
    "Posyandu Melati melayani imunisasi pada hari Selasa pekan kedua.",
    "Lomba burung berkicau memeriahkan hari jadi kota di lapangan Sparta.",
    "Pencairan TPP bulan ini mengikuti hasil penilaian kinerja.",
    "Login SIPD dan tautan alternatif rapat dikirim melalui surat undangan.",
    "RT 03 RW 88 Kelurahan Wanea mengadakan kerja bakti.",
    "Survei kebocoran pipa PDAM memakai alat baru mulai bulan depan.",
]


def honest_paragraphs() -> list[str]:
    """Sentences of offices, those of the detector's own examination among them."""
    office = Path(__file__).parents[2] / "golden" / "judol" / "office.yaml"
    return [*SENTENCES, *(text for kind in yaml.safe_load(office.read_text()) for text in kind["texts"])]


def honest_pages(count: int) -> Iterator[str]:
    """Pages of governments: some of these sentences each, in frames with what honest pages hide too."""
    draw = random.Random(6)  # noqa: S311 - a draw that is the same each time
    sentences = honest_paragraphs()
    for number in range(count):
        chosen = draw.sample(sentences, draw.randint(2, 8))
        middle = "".join(f"<h3>{text[:40]}</h3><p>{text}</p>" for text in chosen)
        extra = draw.choice(HONEST_EXTRAS)
        yield home(middle=middle, head=extra[0], end=extra[1]).replace("Dinas Pendidikan Kota", f"Situs {number}", 1)


HONEST_EXTRAS = [
    ("", ""),
    (
        '<meta name="google-site-verification" content="abc">',
        '<div class="sr-only" style="position:absolute;left:-9999px">Lewati</div>',
    ),
    (
        '<link rel="canonical" href="/beranda">',
        '<nav style="display:none"><a href="/menu">Menu</a><a href="https://lapor.go.id">Lapor</a></nav>',
    ),
    (
        '<link rel="canonical" href="https://dinas.kotacontoh.go.id/">',
        "<noscript><img src='https://ukur.example/p.gif'></noscript>",
    ),
    (
        "<script src='https://www.googletagmanager.com/gtag/js'></script>",
        "<script>window.dataLayer=[];function g(){dataLayer.push(arguments)}</script>",
    ),
    (
        "<style>.tutup{display:none}.modal{visibility:hidden}</style>",
        '<div class="tutup modal"><a href="https://wa.me/62431">WhatsApp</a></div>',
    ),
    (
        "",
        "<script>document.getElementById('masuk').onclick=function(){location.href='https://sso.kotacontoh.go.id/'}</script>",
    ),
    (
        "",
        "<script>if(/Android/.test(navigator.userAgent)){location.href='https://play.google.com/store/apps/details?id=id.go'}</script>",
    ),
    ("", '<script>var l=atob("eyJiYWhhc2EiOiAiaWQifQ==");if(location.hash){location.hash=""}</script>'),
    ("", "<script>location.href='/beranda'</script>"),
    ("", '<iframe src="https://www.youtube.com/embed/abc" width="560" height="315"></iframe>'),
    (
        "",
        '<p hidden><a href="https://berita.example/satpol-pp-razia-judi-togel">Satpol PP razia judi togel</a></p>',
    ),
    ("", '<a href="https://antaranews.example/judi-online-polisi">Polisi ungkap sindikat judi online</a>'),
    (
        "<!-- <link href='https://fonts.googleapis.com/css'> -->",
        "<!--[if lt IE 9]><a href='https://browsehappy.example'>Perbarui</a><![endif]-->",
    ),
]


def honest_sites() -> list[Planted]:
    """Sites that differ by visitor for good reasons."""
    pages = list(honest_pages(40))
    found = [
        Planted("honest", f"/jujur/{number}", always(page), frozenset({"clean"})) for number, page in enumerate(pages)
    ]
    turn = itertools.count()

    def news(asked: Asked) -> Reply:
        part = random.Random(next(turn)).sample(SENTENCES, 6)  # noqa: S311 - as above
        links = "".join(
            f'<a href="https://berita{number}.example/{number}">Baca</a>'
            for number in range(next(turn), next(turn) + 3)
        )
        return Reply("<title>Kabar</title>" + "".join(f"<p>{text}</p>" for text in part) + links)

    phone = home().replace("<main>", "<main><p>Versi seluler.</p>")
    menu = home(middle="<p>Layanan cepat untuk pengguna telepon. " + " ".join(SENTENCES[:6]) + "</p>")
    names = "".join(f"<url><loc>/berita/satpol-pp-razia-togel-{part}</loc></url>" for part in range(9))
    found += [
        Planted("news at each visit", "/jujur/berita", news, frozenset({"clean"})),
        Planted(
            "another page for phones",
            "/jujur/hp",
            lambda asked: Reply(phone if is_phone(asked) else menu),
            frozenset({"clean"}),
        ),
        Planted(
            "robots are not served",
            "/jujur/robot",
            lambda asked: Reply("Tidak", 403) if is_robot(asked) else Reply(home()),
            frozenset({"clean"}),
        ),
        Planted(
            "a phone's own address",
            "/jujur/pindah",
            only(is_phone, Reply(status=302, headers={"Location": "/jujur/hp"})),
            frozenset({"clean"}),
        ),
        Planted(
            "an app's store",
            "/jujur/toko",
            only(is_phone, Reply(status=302, headers={"Location": "https://play.google.com/store/apps/details?id=x"})),
            frozenset({"clean"}),
        ),
        Planted("gone", "/jujur/hilang", lambda asked: Reply("Tidak ada", 404), frozenset({"unreachable"})),
        Planted("broken", "/jujur/rusak", lambda asked: Reply("Rusak", 500), frozenset({"unreachable"})),
        Planted(
            "a document",
            "/jujur/berkas.pdf",
            lambda asked: Reply(b"%PDF-1.7 x", headers={"Content-Type": "application/pdf"}),
            frozenset({"clean"}),
        ),
        Planted(
            "sitemap with reports of raids",
            "/jujur/peta/",
            always(home()),
            frozenset({"clean"}),
            (
                (
                    "/jujur/peta/sitemap.xml",
                    lambda asked: Reply(f"<urlset>{names}</urlset>", headers={"Content-Type": "application/xml"}),
                ),
            ),
        ),
    ]
    return found
