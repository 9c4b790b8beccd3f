"""The pages of attendance as a phone shows them, with a full office and with nothing in it: nothing that axe finds,
nothing wider than the screen, nothing too small to touch.

A new page is one line in PAGES. `KD_SCREENS=directory` also keeps pictures of all of them at both widths.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from kernel.accounts.models import User
from tests.cast import Office, Person
from tests.page_checks import faults
from tests.served_pages import SITE, browsing
from tests.tenants.attendance.week import on
from tests.tenants.office_at_work import TUESDAY, at_work

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("pages of officials")]

PHONE: Final = 360
DESK: Final = 1280
SCREENS: Final = "KD_SCREENS"
UNLIKE: Final = "answered with"


@dataclass(frozen=True)
class Shown:
    """A page: who opens it (`bkpsdm`, `operator`, `ani`, `budi`), and its address with what stands in braces filled
    in. `and_empty`: also before there is anything in the office. `sent`: what is posted there, and refused.
    """

    who: str
    address: str
    and_empty: bool = False
    sent: Mapping[str, str] | None = None


PAGES: Final = {
    "live board": Shown("bkpsdm", "/kehadiran/saat-ini/", and_empty=True),
    "live board of an OPD": Shown("operator", "/kehadiran/saat-ini/?opd={opd}", and_empty=True),
    "board of a day": Shown("operator", "/kehadiran/unit/?hari=2026-10-05", and_empty=True),
    "board of one's staff": Shown("budi", "/kehadiran/bawahan/", and_empty=True),
    "recap": Shown("operator", "/kehadiran/rekap/?bulan=2026-10", and_empty=True),
    "layout of the recap": Shown("bkpsdm", "/kehadiran/rekap/susunan/"),
    "compute": Shown("bkpsdm", "/kehadiran/hitung/"),
    "own calendar": Shown("ani", "/kehadiran/?hari=2026-10-05", and_empty=True),
    "calendar of somebody": Shown("operator", "/kehadiran/pegawai/{ani}/?hari=2026-10-05"),
    "roster without a unit": Shown("bkpsdm", "/kalender/jadwal/"),
    "roster": Shown("operator", "/kalender/jadwal/?unit={balai}&bulan=2026-10"),
    "roster of a unit without people": Shown("operator", "/kalender/jadwal/?unit={unit}&bulan=2020-10", and_empty=True),
    "roster of one person": Shown("operator", "/kalender/jadwal/{somebody}/?bulan=2026-10"),
    "holidays": Shown("bkpsdm", "/kalender/?tahun=2026", and_empty=True),
    "holidays of another year": Shown("bkpsdm", "/kalender/?tahun=2031", and_empty=True),
    "new holiday": Shown("bkpsdm", "/kalender/libur/tambah/"),
    "removing a holiday": Shown("bkpsdm", "/kalender/libur/{day_off}/hapus/"),
    "patterns": Shown("bkpsdm", "/kalender/pola/", and_empty=True),
    "patterns for who reads": Shown("operator", "/kalender/pola/"),
    "pattern": Shown("bkpsdm", "/kalender/pola/{pattern}/"),
    "new pattern": Shown("bkpsdm", "/kalender/pola/baru/"),
    "new rotation": Shown("bkpsdm", "/kalender/pola/baru/?jenis=rotation"),
    "hours of a pattern": Shown("bkpsdm", "/kalender/pola/{pattern}/jam/{version}/"),
    "assigning a pattern": Shown("bkpsdm", "/kalender/pola/{pattern}/tetapkan/"),
    "ending an assignment": Shown("bkpsdm", "/kalender/pola/penetapan/{assignment}/"),
    "ramadan": Shown("bkpsdm", "/kalender/ramadan/", and_empty=True),
    "new ramadan": Shown("bkpsdm", "/kalender/ramadan/baru/"),
    "calendars of units": Shown("bkpsdm", "/kalender/unit/", and_empty=True),
    "calendar of a unit": Shown("bkpsdm", "/kalender/unit/{balai}/"),
    "calendar of a unit without days": Shown("bkpsdm", "/kalender/unit/{unit}/"),
    "places": Shown("operator", "/tempat/", and_empty=True),
    "ended places": Shown("operator", "/tempat/?keadaan=berakhir"),
    "map": Shown("operator", "/tempat/peta/", and_empty=True),
    "place": Shown("operator", "/tempat/{place}/"),
    "area": Shown("bkpsdm", "/tempat/{area}/"),
    "new place": Shown("operator", "/tempat/baru/"),
    "changing a place": Shown("operator", "/tempat/{place}/ubah/"),
    "ending a place": Shown("operator", "/tempat/{place}/akhiri/"),
    "assigning a place": Shown("operator", "/tempat/{place}/tetapkan/"),
    "ending an assignment of a place": Shown("operator", "/tempat/penetapan/{place_assignment}/akhiri/"),
    "importing places": Shown("operator", "/tempat/impor/"),
    "letters of assignment": Shown("operator", "/tempat/surat/", and_empty=True),
    "letter of assignment": Shown("operator", "/tempat/surat/{duty}/"),
    "new letter of assignment": Shown("operator", "/tempat/surat/baru/"),
    "review queue": Shown("bkpsdm", "/tinjauan/absen/", and_empty=True),
    "review, settled": Shown("bkpsdm", "/tinjauan/absen/?keadaan=selesai", and_empty=True),
    "one punch": Shown("bkpsdm", "/tinjauan/absen/{odd}/"),
    "one punch with a map": Shown("bkpsdm", "/tinjauan/absen/{far}/"),
    "one settled punch": Shown("bkpsdm", "/tinjauan/absen/{settled}/"),
    "rules of the review": Shown("bkpsdm", "/tinjauan/absen/atur/"),
    "proposals": Shown("bkpsdm", "/tinjauan/absen/tempat/", and_empty=True),
    "own punches under review": Shown("ani", "/absen/tinjauan/", and_empty=True),
    "own punch under review": Shown("ani", "/absen/tinjauan/{odd}/"),
    "pictures that are due": Shown("ani", "/absen/swafoto/", and_empty=True),
    "phones that wait": Shown("operator", "/kehadiran/hp/", and_empty=True),
    "lost phones": Shown("operator", "/kehadiran/hp/?daftar=hilang"),
    "all phones": Shown("operator", "/kehadiran/hp/?daftar=semua"),
    "own phones": Shown("ani", "/absen/hp/", and_empty=True),
    "codes and kiosks": Shown("operator", "/kehadiran/kios/", and_empty=True),
    "new office code": Shown("operator", "/kehadiran/kios/layar/baru/"),
    "new kiosk": Shown("operator", "/kehadiran/kios/baru/"),
    "PINs": Shown("operator", "/kehadiran/kios/pin/", and_empty=True),
    "own PIN": Shown("ani", "/absen/pin/"),
    "office code": Shown("operator", "/absen/layar/"),
    "kiosk": Shown("operator", "/absen/kios/"),
    "punching with a code": Shown("ani", "/absen/pakai-kode/"),
    "own code": Shown("ani", "/absen/kode-saya/"),
    "carrying over": Shown("ani", "/absen/titip/"),
    "leading an apel": Shown("budi", "/absen/apel/pimpin/"),
    "assemblies": Shown("operator", "/apel/", and_empty=True),
    "calling an apel": Shown("operator", "/apel/baru/"),
    "apel": Shown("operator", "/apel/{apel}/"),
    "own letters": Shown("ani", "/surat/", and_empty=True),
    "new letter": Shown("ani", "/surat/baru/"),
    "own letter": Shown("ani", "/surat/{sick}/"),
    "correction": Shown("ani", "/surat/koreksi/"),
    "permit of hours": Shown("ani", "/surat/izin/"),
    "entering letters": Shown("operator", "/surat/catat/", and_empty=True),
    "entered letter": Shown("operator", "/surat/{recorded}/"),
    "orders": Shown("budi", "/surat/tugas/", and_empty=True),
    "order": Shown("budi", "/surat/tugas/{order}/"),
    "new order": Shown("budi", "/surat/tugas/baru/"),
    "what letters need": Shown("bkpsdm", "/surat/syarat/"),
    "home of an official": Shown("bkpsdm", "/", and_empty=True),
    "refused layout": Shown("bkpsdm", "/kehadiran/rekap/susunan/", sent={"place_hadir": "satu"}),
    "refused roster": Shown("operator", "/kalender/jadwal/{somebody}/?bulan=2026-10", sent={"day_1": "ZZ"}),
    "refused confirmation": Shown("bkpsdm", "/kalender/konfirmasi/", sent={"tahun": "2026"}),
    "refused holiday": Shown("bkpsdm", "/kalender/libur/tambah/", sent={"date": "kemarin"}),
    "refused rotation": Shown("bkpsdm", "/kalender/pola/baru/?jenis=rotation", sent={"starts_0": "07:00"}),
    "refused hours": Shown("bkpsdm", "/kalender/pola/{pattern}/jam/{version}/", sent={"code_0": "P", "cycle": "P X"}),
    "refused assignment": Shown("bkpsdm", "/kalender/pola/{pattern}/tetapkan/", sent={"nips": "123"}),
    "refused place": Shown("operator", "/tempat/baru/", sent={"latitude": "utara"}),
    "refused letter of assignment": Shown("operator", "/tempat/surat/baru/", sent={"people": "123"}),
    "refused verdict": Shown("bkpsdm", "/tinjauan/absen/{odd}/", sent={"putusan": "tolak"}),
    "refused time": Shown("bkpsdm", "/tinjauan/absen/{odd}/", sent={"putusan": "betulkan", "reason": "Jam HP"}),
    "refused rule of the review": Shown("bkpsdm", "/tinjauan/absen/atur/", sent={"bagian": "bobot"}),
    "refused office code": Shown("operator", "/kehadiran/kios/layar/baru/", sent={"label": ""}),
    "refused PINs": Shown("operator", "/kehadiran/kios/pin/", sent={"cari": ""}),
    "refused own PIN": Shown("ani", "/absen/pin/", sent={"pin": "123456", "again": "654321"}),
    "refused call": Shown("operator", "/apel/baru/", sent={"leader": "123"}),
    "refused mark": Shown("operator", "/apel/{apel}/catat/", sent={"state": "missed"}),
    "refused letter": Shown("ani", "/surat/baru/", sent={"kind": "S"}),
    "refused correction": Shown("ani", "/surat/koreksi/", sent={"at": "siang"}),
    "refused entry of letters": Shown("operator", "/surat/catat/", sent={"nips": "123"}),
    "refused revocation": Shown("operator", "/surat/{recorded}/cabut/", sent={"reason": ""}),
    "refused order": Shown("budi", "/surat/tugas/baru/", sent={"nips": "123"}),
}
EMPTY: Final = " (empty)"
NAMES: Final = [*PAGES, *(name + EMPTY for name, page in PAGES.items() if page.and_empty)]


@pytest.fixture(scope="module")
def seen() -> dict[str, list[str]]:
    """What is wrong with each page, once they were looked at."""
    return {}


@pytest.fixture
def wrong(request: pytest.FixtureRequest, seen: dict[str, list[str]]) -> dict[str, list[str]]:
    """All pages that this run asks for, rendered at once and looked at in one browser."""
    if not seen:
        here = [
            item for item in request.session.items if getattr(item, "originalname", "") == request.node.originalname
        ]
        names = [item.callspec.params["name"] for item in here]  # type: ignore[attr-defined]
        seen.update(_look(request.getfixturevalue("rendered")(names)))
    return seen


@pytest.fixture
def rendered(
    office: Office,
    ani: Person,
    budi: Person,
    citra: Person,
    manado_rules: Any,
    with_role: Callable[..., User],
    signed_in: Any,
) -> Callable[[list[str]], dict[str, str]]:
    """The pages of these names, as the server gives them; UNLIKE where that is another answer."""
    bkpsdm, operator = with_role("bkpsdm"), with_role("operator_opd", opd=office.opd)
    users = {"bkpsdm": bkpsdm, "operator": operator, "ani": ani.user, "budi": budi.user}
    clients = {who: signed_in(user) for who, user in users.items()}
    known: dict[str, object] = {"opd": office.opd.uid, "unit": office.unit.uid, "ani": ani.employee.uid}

    def one(name: str) -> str:
        page = PAGES[name.removesuffix(EMPTY)]
        with on(TUESDAY, "09:05"):
            client, address = clients[page.who], page.address.format(**known)
            answer = client.get(address) if page.sent is None else client.post(address, page.sent)
        html: str = answer.content.decode()
        return html if answer.status_code == (200 if page.sent is None else 422) else f"{UNLIKE} {answer.status_code}"

    def render(names: list[str]) -> dict[str, str]:
        found = {name: one(name) for name in names if name.endswith(EMPTY)}
        if len(found) < len(names):
            known.update(at_work(office, ani, budi, citra, bkpsdm))
            found |= {name: one(name) for name in names if name not in found}
        return found

    return render


def _look(pages: dict[str, str]) -> dict[str, list[str]]:
    addresses = {f"/{re.sub('[^a-z]+', '-', name.lower())}/{number}/": name for number, name in enumerate(pages)}
    found = {}
    with browsing({address: pages[name] for address, name in addresses.items()}) as page:
        page.emulate_media(reduced_motion="reduce")
        for address, name in addresses.items():
            if pages[name].startswith(UNLIKE):
                found[name] = [pages[name]]
                continue
            page.set_viewport_size({"width": PHONE, "height": 740})
            page.goto(SITE + address)
            found[name] = faults(page)
            if os.environ.get(SCREENS):
                directory = Path(os.environ[SCREENS])
                for width in (PHONE, DESK):
                    page.set_viewport_size({"width": width, "height": 800})
                    page.screenshot(path=directory / f"{address.split('/')[1]}-{width}.png", full_page=True)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_for_everybody_on_a_phone(name: str, wrong: dict[str, list[str]]) -> None:
    assert wrong[name] == []
