"""A region from its first minute to a locked month, played by its people in browsers, step after step."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
import xlsxwriter
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect
from psycopg.sql import SQL, Identifier
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from tests.cast import REGULATION
from tests.e2e.browsing import DESK, PHONE, WORK_MS, Findings, Visitor, describe
from tests.e2e.ceilings import ENOUGH, codes_to_pay, record_ceiling
from tests.e2e.handset import expect_count, expect_sent, tap
from tests.e2e.live import Live

OPERATOR: Final = "operator@platform.test"
REGION: Final = "uji"
REGION_NAME: Final = "Kota Uji"
ADMIN: Final = "198001012005011001"
PASSWORD: Final = "perahu-kayu-{}-menepi"
ZONES: Final = {7: "Asia/Jakarta", 8: "Asia/Makassar", 9: "Asia/Jayapura"}


def quiet_zone(now: datetime) -> tuple[str, int]:
    """An Indonesian zone in which no midnight falls into the minutes before and after `now`, and its hours."""
    for hours, zone in ZONES.items():
        local = now + timedelta(hours=hours)
        if 1 <= local.hour < 23:
            return zone, hours
    raise AssertionError("three zones cannot all be at midnight")


@dataclass
class Month:
    """Who is there, and what they noted on the way."""

    live: Live
    browser: Browser
    findings: Findings = field(default_factory=Findings)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    step: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.zone, hours = quiet_zone(datetime.now(UTC))
        self.local_now = (datetime.now(UTC) + timedelta(hours=hours)).replace(tzinfo=None)
        self.today = self.local_now.date()
        # The day of the activities: their hours must be over, so just after midnight it is yesterday.
        self.workday = self.today if self.local_now.hour >= 12 else self.today - timedelta(days=1)
        # Not the workday's month, which takes more work after this one is locked; and over by more than three hours.
        self.before = (self.workday.replace(day=1) - timedelta(days=1)).replace(day=1)

    def visitor(self, name: str, *, region: str | None = REGION, size: ViewportSize = DESK) -> Visitor:
        """The person of that name, with a browser of their own from the first time on."""
        if name not in self.visitors:
            self.visitors[name] = Visitor(self.live, self.browser, self.findings, region, size, name)
        return self.visitors[name]

    def days_before(self) -> list[date]:
        """The days of the month before the workday's."""
        return [day for n in range(31) if (day := self.before + timedelta(days=n)).month == self.before.month]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query says in the region's schema, asked beside the application."""
        with self.live.sql(REGION) as cursor:
            return cursor.execute(query.encode()).fetchall()

    def count(self, table: str, where: str = "true") -> int:
        query = SQL("SELECT count(*) FROM {} WHERE {}").format(Identifier(table), SQL(where))
        with self.live.sql(REGION) as cursor:
            return int((cursor.execute(query).fetchone() or (0,))[0])

    @contextmanager
    def doing(self, step: str) -> Iterator[None]:
        """Say in a failure which step it was and what everybody saw."""
        self.step = step
        try:
            yield
        except BaseException as error:
            error.add_note(f"in the step: {step}")
            for visitor in self.visitors.values():
                error.add_note(describe(visitor))
            raise

    def play(self) -> None:
        """The whole month."""
        for step in STEPS:
            with self.doing(step.__name__.replace("_", " ")):
                step(self)

    def close(self) -> None:
        for visitor in self.visitors.values():
            visitor.close()


def operator_signs_in(month: Month) -> None:
    said = month.live.manage("create_operator", OPERATOR, "--name", "Operator Uji")
    operator = month.visitor("operator", region=None)
    operator.open("/masuk/")
    operator.look("log-in of operators")
    enter_by_code(operator, OPERATOR, said.split()[-1], PASSWORD.format("operator"))
    operator.open("/")
    operator.look("console, empty")


def enter_by_code(visitor: Visitor, login: str, code: str, password: str) -> None:
    """Set a password with the code that was handed over, and sign in with it."""
    page = visitor.open("/aktivasi/")
    page.get_by_label("E-mail" if visitor.region is None else "NIP").fill(login)
    page.get_by_label("Kode aktivasi").fill(code)
    page.get_by_label("Kata sandi baru").fill(password)
    page.get_by_label("Ulangi kata sandi").fill(password)
    page.get_by_role("button", name="Aktifkan akun").click()
    page.wait_for_url(re.compile(r"^(?!.*/aktivasi/)"))
    if "/masuk/" in page.url:
        visitor.log_in(login, password)


def operator_provisions_a_region(month: Month) -> None:
    operator = month.visitor("operator")
    page = operator.open("/")
    page.get_by_role("link", name="Wilayah baru").first.click()
    operator.look("new region")
    page.get_by_label("Jenis").select_option("kota")
    page.get_by_label("Nama resmi").fill(REGION_NAME)
    page.get_by_label("Nama pendek").fill("Uji")
    page.get_by_label("Kode alamat").fill("Uji!")
    page.get_by_label("Zona waktu").select_option(month.zone)
    page.get_by_label("Nama admin pertama").fill("Admin Uji")
    page.get_by_label("NIP admin pertama").fill(ADMIN)
    with operator.allow_errors("422"):
        page.get_by_role("button", name="Siapkan wilayah").click()
        expect(page.get_by_role("alert")).to_be_visible()
    operator.look("new region with an error")
    page.get_by_label("Kode alamat").fill(REGION)
    page.get_by_role("button", name="Siapkan wilayah").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("sudah aktif", timeout=WORK_MS)
    month.notes["code"] = page.locator("#admin-code").inner_text()
    operator.look("region made")
    operator.open("/")
    expect(page.get_by_text(REGION_NAME).first).to_be_visible()
    operator.look("console")
    operator.open(f"/wilayah/{REGION}/")
    operator.look("console, one region")


def admin_signs_in(month: Month) -> None:
    admin = month.visitor("admin")
    admin.open("/masuk/")
    admin.look("log-in")
    enter_by_code(admin, ADMIN, month.notes["code"], PASSWORD.format("admin"))


# People -----------------------------------------------------------------------------------------------------------

OPD: Final = "Dinas Contoh"
ANI: Final = 3
BUDI: Final = 2
CITRA: Final = 4
HEAD: Final = 1
PEOPLE: Final = 50
WRONG: Final = {
    17: ("NIP", "18 angka"),
    28: ("Kode jabatan", "J-99 tidak ada"),
    41: ("TMT", "Bukan tanggal"),
}


def nip_of(serial: int) -> str:
    """A well-formed NIP of nobody."""
    return f"19900101201501{1 + serial % 2}{serial:03d}"


def name_of(serial: int) -> str:
    return {HEAD: "Kepala", BUDI: "Budi", ANI: "Ani", CITRA: "Citra"}.get(serial, f"Pegawai {serial:02d}")


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    """An XLSX file with these sheets; everything is written as text."""
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, [str(cell) for cell in row])
    return path


def roster(month: Month) -> Path:
    units = [
        ["Kode unit", "Nama unit", "Jenis", "Kode unit induk", "Kategori"],
        ["1.01", OPD, "OPD", "", ""],
        ["1.01.1", "Bidang Contoh", "Bidang", "1.01", ""],
    ]
    positions: list[list[Any]] = [
        ["Kode jabatan", "Nama jabatan", "Kode unit", "Jenis jabatan", "Kelas", "Kategori", "Kode jabatan atasan"],
        ["J-01", "Kepala Dinas", "1.01", "JPT", 14, "kepala_opd", ""],
        ["J-02", "Kepala Bidang", "1.01.1", "Administrator", 11, "umum", "J-01"],
        *([f"J-{n:02d}", "Pengelola Data", "1.01.1", "Pelaksana", 7, "umum", "J-02"] for n in range(3, PEOPLE + 1)),
    ]
    people = [["NIP", "Nama", "Status", "Golongan", "E-mail", "Kode jabatan", "Jenis penempatan", "TMT"]]
    for serial in range(1, PEOPLE + 1):
        people.append(
            [nip_of(serial), name_of(serial), "PNS", "III/a", "", f"J-{serial:02d}", "definitif", "01-01-2024"]
        )
    rows = {serial: people[serial] for serial in WRONG}
    short, nowhere, never = rows.values()
    short[0] = short[0][:17]
    nowhere[5] = "J-99"
    never[7] = "31-02-2024"
    return workbook(month.live.directory / "pegawai.xlsx", {"Unit": units, "Jabatan": positions, "Pegawai": people})


def cells_of(path: Path, sheet: str | None = None) -> list[list[Any]]:
    """All rows of a sheet, of the first one when none is named."""
    book = CalamineWorkbook.from_path(str(path))
    return book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python()


def admin_imports_people_with_three_bad_rows(month: Month) -> None:
    admin = month.visitor("admin")
    page = admin.open("/")
    admin.look("console of a region")
    page.goto("/pegawai/impor/")
    admin.look("import")
    page.get_by_label("Berkas XLSX").set_input_files(roster(month))
    page.get_by_role("button", name="Periksa berkas").click()
    page.get_by_role("link", name="Buka hasil").or_(
        page.get_by_role("heading", name="Baris yang salah")
    ).first.wait_for(timeout=WORK_MS)
    result = page.get_by_role("link", name="Buka hasil")
    if result.count():
        result.click()
    wrong = page.get_by_role("table", name="Baris yang salah").get_by_role("row")
    expect(wrong).to_have_count(1 + len(WRONG))
    month.notes["wrong"] = wrong.all_inner_texts()[1:]
    admin.look("import preview")
    month.notes["rejected"] = cells_of(admin.download("Unduh baris yang salah"), "Pegawai")
    page.get_by_role("button", name="Impor yang benar saja").click()
    expect(page.get_by_text("Selesai", exact=True).first).to_be_visible(timeout=WORK_MS)
    admin.look("import done")
    admin.open("/pegawai/")
    admin.look("people")
    month.notes["people"] = month.count("employees_employee")


def admin_gives_codes_and_a_role(month: Month) -> None:
    admin = month.visitor("admin")
    page = admin.open("/pegawai/kode/")
    admin.look("activation codes")
    page.get_by_label("OPD").select_option(label=OPD)
    page.get_by_role("button", name="Buat dan tampilkan kode").click()
    cards = page.locator("section.card")
    expect(cards).to_have_count(PEOPLE - len(WRONG), timeout=WORK_MS)
    admin.look("activation codes on paper")
    month.notes["codes"] = {
        card.locator(".num").inner_text(): card.locator(".mono").inner_text() for card in cards.all()
    }
    admin.open("/akun/")
    admin.look("accounts")
    page.get_by_label("Nama atau NIP").fill(nip_of(CITRA))
    page.get_by_role("button", name="Cari").click()
    page.get_by_role("link", name=name_of(CITRA)).click()
    page.get_by_label("Peran").select_option("bpkad")
    page.get_by_role("button", name="Beri peran").click()
    expect(page.get_by_role("listitem").filter(has_text="BPKAD")).to_be_visible()
    admin.look("an account")


def activate(month: Month, name: str, serial: int, size: ViewportSize) -> Visitor:
    visitor = month.visitor(name, size=size)
    if serial == ANI:
        visitor.open("/aktivasi/")
        visitor.look("activation")
    nip = nip_of(serial)
    enter_by_code(visitor, nip, month.notes["codes"][nip], PASSWORD.format(name))
    return visitor


def three_people_activate_their_accounts(month: Month) -> None:
    ani = activate(month, "ani", ANI, PHONE)
    ani.open("/")
    ani.look("home of an ASN")
    activate(month, "budi", BUDI, DESK)
    activate(month, "citra", CITRA, DESK)


# Rules and calendar -------------------------------------------------------------------------------------------------


def two_people_sign_the_rules(month: Month) -> None:
    admin, citra = month.visitor("admin"), month.visitor("citra")
    page = admin.open("/aturan/baru/")
    admin.look("new rule set")
    page.get_by_label("Aturan siap pakai").select_option("manado")
    page.get_by_label("Berlaku mulai bulan").fill(f"{month.before:%Y-%m}")
    page.get_by_role("button", name="Simpan sebagai draf").click()
    expect(page.get_by_text("Naskah peraturan (PDF) belum dilampirkan.")).to_be_visible()
    page.get_by_role("link", name="Isi nomor, tanggal dan naskah").click()
    admin.look("regulation of the rule set")
    page.get_by_label("Tanggal peraturan").fill(f"{month.before:%Y-%m-%d}")
    file = month.live.directory / "peraturan.pdf"
    file.write_bytes(REGULATION)
    page.get_by_label("Naskah peraturan (PDF)").set_input_files(file)
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Naskah peraturan tersimpan.")).to_be_visible()
    sign(admin)
    expect(page.get_by_text("Belum dapat diterbitkan")).to_be_visible()
    admin.look("rule set, a draft")
    month.notes["rules"] = page.url
    citra.page.goto(page.url)
    sign(citra)
    page.reload()
    page.get_by_role("link", name="Terbitkan").click()
    page.get_by_role("dialog").get_by_role("button", name="Terbitkan").click()
    expect(page.get_by_text("Terbit", exact=True).first).to_be_visible()
    admin.look("rule set")
    admin.open("/aturan/")
    admin.look("rule sets")


def sign(visitor: Visitor) -> None:
    # The question before it comes with the page's script.
    visitor.page.wait_for_load_state()
    visitor.page.get_by_role("button", name="Tanda tangani").click()
    visitor.page.get_by_role("dialog").get_by_role("button", name="Tanda tangani").click()
    expect(visitor.page.get_by_text("Tanda tangan tercatat.")).to_be_visible()


def admin_confirms_the_calendar(month: Month) -> None:
    """All holidays of the years in question but those of today and yesterday: people work on these two days here."""
    admin = month.visitor("admin")
    for year in sorted({month.before.year, month.today.year}):
        page = admin.open(f"/kalender/?tahun={year}")
        page.get_by_role("button", name="Ambil draf libur nasional").click()
        page.get_by_label("Nomor keputusan").fill("SKB 3 Menteri (uji)")
        admin.look(f"holidays to confirm, {year}", both_sizes=True)
        page.get_by_role("button", name="Konfirmasi").click()
        expect(page.get_by_text("Draf, belum dihitung")).to_be_visible()
    admin.look("calendar")


def admin_makes_every_day_a_working_day(month: Month) -> None:
    """From yesterday on, so that the flow is the same on a Sunday as on a Monday."""
    admin = month.visitor("admin")
    page = admin.open("/kalender/pola/baru/")
    page.get_by_label("Nama pola").fill("Piket tujuh hari")
    shift = {"Kode": "H", "Masuk": "00:30", "Pulang": "23:30", "Istirahat dari": "12:00", "Istirahat sampai": "13:00"}
    for label, value in shift.items():
        page.get_by_label(f"{label} 1", exact=True).fill(value)
    for day in ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"):
        page.get_by_label(day).fill("H")
    admin.look("new work pattern")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_role("link", name="Tetapkan untuk unit atau orang").click()
    page.get_by_label(OPD).check()
    page.get_by_label("Mulai tanggal").fill(f"{month.today - timedelta(days=1):%Y-%m-%d}")
    admin.look("assign a work pattern")
    page.get_by_role("button", name="Tetapkan").click()
    expect(page).to_have_url(re.compile("/kalender/pola/[0-9a-f-]{36}/$"))
    admin.look("work patterns")


# A day of Ani -------------------------------------------------------------------------------------------------------


def ani_punches_in_with_a_double_tap(month: Month) -> None:
    ani = month.visitor("ani")
    ani.context.grant_permissions(["geolocation"])
    ani.context.set_geolocation({"latitude": 1.4748, "longitude": 124.8421, "accuracy": 20})
    page = ani.open("/absen/")
    ani.look("punch")
    page.locator("button.button--hero").dblclick()
    receipt = page.locator("[data-answer]")
    expect(receipt.get_by_text("Absen diterima")).to_be_visible()
    month.notes["receipt"] = number_in(receipt.inner_text())
    ani.look("punch receipt")
    ani.open("/absen/")
    expect(page.get_by_text(f"bukti nomor {month.notes['receipt']}").first).to_be_visible()
    month.notes["punches after a double tap"] = month.count("punches_punch")


def number_in(text: str) -> str:
    found = re.search(r"bukti nomor (\S+)", text)
    assert found is not None, text
    return found[1]


def ani_punches_out_without_a_network(month: Month) -> None:
    """The punch keeps the time of the tap, waits on the phone, and goes when the network is back."""
    ani = month.visitor("ani")
    page = ani.page
    with ani.offline():
        tap(page)
        expect(page.locator("[data-answer]")).to_contain_text("Absen tersimpan di HP")
        expect_count(page, "saved", 1)
        ani.look("punch without a network")
        month.notes["punches without a network"] = month.count("punches_punch")
    expect_sent(page)
    newest = page.locator("[data-rows] li").first
    expect(newest).to_contain_text("bukti nomor")
    month.notes["second receipt"] = number_in(newest.inner_text())
    month.notes["punches after the network"] = month.count("punches_punch")


def ani_enters_activities(month: Month) -> None:
    """An ordinary one with a photo; another with far more minutes than its norm, which asks for a closer look."""
    ani = month.visitor("ani")
    page = ani.open("/aktivitas/baru/")
    ani.look("choose an activity")
    enter(month, ani, "Menyusun laporan bulanan", "Laporan bulanan bidang", "01:00", photo=True)
    enter(month, ani, "Membuat konsep surat dinas", "Konsep surat undangan", "05:00", minutes=240)
    ani.open(f"/aktivitas/?bulan={month.workday:%Y-%m}")
    expect(page.get_by_text("Diajukan", exact=True)).to_have_count(2)
    ani.look("activities")


def enter(
    month: Month, who: Visitor, kind: str, words: str, start: str, *, photo: bool = False, minutes: int | None = None
) -> None:
    page = who.open(f"/aktivitas/baru/?tanggal={month.workday:%Y-%m-%d}&cari={kind}")
    page.get_by_role("link", name=kind).first.click()
    page.get_by_label("Uraian").fill(words)
    page.get_by_label("Mulai pukul").fill(start)
    if minutes is not None:
        page.get_by_label("Menit").fill(str(minutes))
    if photo:
        # Without the photo first: the refusal stands beside the field and nothing typed is lost.
        with who.allow_errors("422"):
            page.get_by_role("button", name="Ajukan").click()
            expect(page.get_by_role("alert")).to_contain_text("bukti")
        expect(page.get_by_label("Uraian")).to_have_value(words)
        who.look("activity with an error")
        page.get_by_label("Bukti").set_input_files(photo_of(month, "bukti.png"))
        who.look("activity")
    page.get_by_role("button", name="Ajukan").click()
    page.wait_for_url(re.compile(r"/aktivitas/(\?|$)"))


def photo_of(month: Month, name: str) -> Path:
    """A PNG made here: 8 by 8 points of one colour."""
    rows = b"".join(b"\0" + bytes((15, 90, 85)) * 8 for _ in range(8))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    path = month.live.directory / name
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
            for kind, body in parts
        )
    )
    return path


def budi_approves_in_bulk(month: Month) -> None:
    budi = month.visitor("budi")
    page = budi.open("/kotak-masuk/")
    headings = page.get_by_role("heading", level=2)
    month.notes["inbox"] = headings.all_inner_texts()
    budi.look("approval inbox")
    page.get_by_role("button", name=re.compile("^Setujui 1 yang wajar")).click()
    page.get_by_role("dialog").get_by_role("button", name="Setujui").click()
    expect(page.get_by_text("1 dokumen disetujui.")).to_be_visible()
    exception = page.locator("[data-row]")
    expect(exception).to_have_count(1)
    exception.get_by_role("link", name="Membuat konsep surat dinas").click()
    budi.look("a request")
    page.get_by_role("button", name="Setujui").click()
    expect(page.get_by_text("Tidak ada yang menunggu").first).to_be_visible()
    budi.look("approval inbox, empty")
    ani = month.visitor("ani")
    ani.open(f"/aktivitas/?bulan={month.workday:%Y-%m}")
    expect(ani.page.get_by_text("Disetujui", exact=True).first).to_be_visible()
    month.notes["approved"] = month.rows(
        "SELECT state, minutes FROM activities_activity WHERE state = 'approved' ORDER BY minutes"
    )


# The month before ---------------------------------------------------------------------------------------------------

MACHINE: Final = "Lobi 1"
TUESDAY: Final = 1
LATE: Final = "08:10:00"


def admin_reads_the_machine(month: Month) -> None:
    """Everybody's punches of the month before from a machine's file; Ani came forty minutes late on Tuesdays."""
    admin = month.visitor("admin")
    page = admin.open("/kehadiran/mesin/pin/")
    page.get_by_label("Nama mesin").fill(MACHINE)
    here = [serial for serial in range(1, PEOPLE + 1) if serial not in WRONG]
    page.get_by_label("PIN dan NIP").fill("\n".join(f"{serial} {nip_of(serial)}" for serial in here))
    page.get_by_role("button", name="Pasangkan").click()
    expect(page.get_by_text("47 PIN dipasangkan.")).to_be_visible()
    admin.look("PINs of a machine")
    log = month.live.directory / "attlog.dat"
    lines = [
        f"{serial:>9}\t{day:%Y-%m-%d} {at}\t{status}\t1\t0\t0"
        for day in month.days_before()
        if day.weekday() < 5
        for serial in here
        for status, at in (
            (0, LATE if serial == ANI and day.weekday() == TUESDAY else "07:05:00"),
            (1, "17:02:00"),
        )
    ]
    log.write_text("\n".join(lines) + "\n")
    admin.open("/kehadiran/mesin/log/")
    page.get_by_label("Nama mesin").fill(MACHINE)
    page.get_by_label("Berkas log").set_input_files(log)
    page.get_by_role("button", name="Unggah").click()
    expect(page.get_by_text("Selesai", exact=True).first).to_be_visible(timeout=WORK_MS)
    admin.look("machine import done")
    month.notes["machine punches"] = (len(lines), month.count("punches_punch", "source = 'machine'"))


def admin_brings_in_ratings(month: Month) -> None:
    """Ratings for everybody but one, who will be an error row of the run."""
    admin = month.visitor("admin")
    here = [serial for serial in range(1, PEOPLE + 1) if serial not in WRONG]
    ratings = [["NIP", "Predikat", "Capaian SKP (%)", "Jumlah Perilaku"]]
    ratings += [[nip_of(serial), "Baik", "100", "679"] for serial in here if serial != PEOPLE]
    page = admin.open("/skp/unggah/")
    page.get_by_label("Bulan", exact=True).fill(f"{month.before:%Y-%m}")
    page.get_by_label("Lembar kerja").set_input_files(workbook(month.live.directory / "nilai.xlsx", {"Nilai": ratings}))
    page.get_by_role("button", name="Periksa").click()
    expect(page.get_by_text("Selesai", exact=True).first).to_be_visible(timeout=WORK_MS)
    admin.look("ratings checked")
    page.get_by_role("link", name="Simpan yang benar").click()
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Selesai", exact=True).first).to_be_visible(timeout=WORK_MS)
    admin.open(f"/skp/nilai/?bulan={month.before:%Y-%m}")
    expect(page.get_by_role("row", name="Ani")).to_be_visible()
    admin.look("ratings")


def admin_brings_in_salary_bases(month: Month) -> None:
    admin = month.visitor("admin")
    here = [serial for serial in range(1, PEOPLE + 1) if serial not in WRONG]
    salaries = [["NIP", "Dasar gaji"], *([nip_of(serial), "4.000.000"] for serial in here)]
    page = admin.open(f"/tpp/gaji/?bulan={month.before:%Y-%m}")
    page.get_by_label("Bulan", exact=True).fill(f"{month.before:%Y-%m}")
    page.get_by_label("Lembar XLSX").set_input_files(workbook(month.live.directory / "gaji.xlsx", {"Gaji": salaries}))
    page.get_by_role("button", name="Unggah").click()
    expect(page.get_by_text("Selesai", exact=True).first).to_be_visible(timeout=WORK_MS)
    admin.open(f"/tpp/gaji/?bulan={month.before:%Y-%m}")
    admin.look("salary bases")


def admin_runs_the_month(month: Month) -> None:
    """Progress comes by htmx until the run is done; who could not be computed is named with the page that mends it."""
    admin = month.visitor("admin")
    page = admin.open(f"/tpp/perhitungan/?bulan={month.before:%Y-%m}")
    admin.look("runs")
    page.get_by_role("button", name="Mulai hitung").click()
    page.wait_for_url(re.compile("/tpp/perhitungan/[0-9a-f-]{36}/"))
    month.notes["run"] = page.url
    expect(page.get_by_text("Pegawai dibayar")).to_be_visible(timeout=WORK_MS)
    admin.look("run")
    section = page.get_by_role("heading", name=re.compile("^Belum dapat dihitung")).locator("xpath=../..")
    open_folds(section)
    month.notes["issues"] = [
        (link.inner_text(), link.get_attribute("href")) for link in section.locator("details").get_by_role("link").all()
    ]
    month.notes["issue text"] = section.inner_text()
    page.get_by_role("link", name="Daftar slip").click()
    admin.look("slips of a run")


def open_folds(scope: Page | Locator) -> None:
    """Open everything that is folded."""
    closed = scope.locator("details.fold:not([open]) > summary")
    while closed.count():
        closed.first.click()


def ani_reads_her_slip(month: Month) -> None:
    ani = month.visitor("ani")
    page = ani.open("/tpp/")
    ani.look("own slips")
    page.get_by_role("link").filter(has_text="Rp").first.click()
    page.wait_for_url(re.compile("/tpp/slip/"))
    month.notes["slip"] = page.url
    month.notes["net"] = page.locator(".amount--big").first.inner_text()
    ani.look("slip")
    open_folds(page)
    month.notes["slip text"] = page.locator("main").inner_text()
    ani.look("slip, all lines open")
    month.notes["paper"] = "\n".join(sheet.extract_text() for sheet in PdfReader(ani.download("PDF")).pages)


def admin_takes_the_recap(month: Month) -> None:
    admin = month.visitor("admin")
    admin.page.goto(month.notes["run"])
    month.notes["recap"] = cells_of(admin.download("Rekap XLSX"))


def three_offices_take_the_steps_before_the_lock(month: Month) -> None:
    """Budi closes the OPD's month with a reason, BKPSDM checks it, the treasury records and passes the ceilings."""
    admin, budi, citra = (month.visitor(name) for name in ("admin", "budi", "citra"))
    page = admin.open("/akun/")
    page.get_by_label("Nama atau NIP").fill(nip_of(BUDI))
    page.get_by_role("button", name="Cari").click()
    page.get_by_role("link", name=name_of(BUDI)).click()
    page.get_by_label("Peran").select_option("operator_opd")
    page.get_by_role("button", name="Beri peran").click()
    expect(page.get_by_role("listitem").filter(has_text="Operator OPD")).to_be_visible()
    page = budi.open("/tpp/pembayaran/opd-saya/")
    budi.look("an OPD's month")
    take_step(budi, page, "Tutup bulan OPD", reason="Kepala dinas belum diatur; menyusul.")
    month.notes["parcel"] = page.url
    page = admin.open(f"/tpp/pembayaran/?bulan={month.before:%Y-%m}")
    admin.look("the board of payments")
    page.get_by_role("link", name=OPD).click()
    take_step(admin, page, "Nyatakan sudah diperiksa")
    opd = month.notes["parcel"].rstrip("/").split("/")[-1]
    for code in codes_to_pay(citra, f"/anggaran/bulan/{month.before:%Y-%m}/ordinary/{opd}/"):
        record_ceiling(citra, opd, code, ENOUGH, "DPA", f"{month.before:%Y}-01-01")
    citra.page.goto(month.notes["parcel"])
    take_step(citra, citra.page, "Nyatakan pagu cukup")
    citra.look("an OPD's month before its lock")


def take_step(visitor: Visitor, page: Page, words: str, *, reason: str = "") -> None:
    page.get_by_role("link", name=words).click()
    if reason:
        page.get_by_label("Catatan atau alasan").fill(reason)
        visitor.look("a step of an OPD's month")
    page.get_by_role("button", name=words).click()
    expect(page.get_by_role("heading", name="Riwayat")).to_be_visible()


def admin_locks_the_month(month: Month) -> None:
    admin = month.visitor("admin")
    page = admin.page
    page.goto(month.notes["run"])
    page.get_by_role("link", name="Kunci bulan").and_(page.locator("main a")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Alasan mengunci").fill("Kepala dinas belum diatur; menyusul.")
    admin.look("lock, the question")
    dialog.get_by_role("button", name="Kunci bulan").click()
    expect(page.get_by_text("Bulan ini terkunci").first).to_be_visible()
    admin.look("locked month")
    page.get_by_role("link", name="Periksa ulang").click()
    expect(page.get_by_text("Tidak ada yang berubah")).to_be_visible()
    admin.look("verified month")


def the_locked_month_refuses_changes(month: Month) -> None:
    """Through the pages, where each says so in its words; and by SQL with the database's own password. A rating that
    comes later is taken, and its page says what becomes of it.
    """
    refused: dict[str, str] = {}
    ani, admin = month.visitor("ani"), month.visitor("admin")
    page = ani.open(f"/aktivitas/baru/?tanggal={month.days_before()[-1]:%Y-%m-%d}&cari=Membuat konsep surat dinas")
    page.get_by_role("link", name="Membuat konsep surat dinas").first.click()
    page.get_by_label("Uraian").fill("Menyusul")
    page.get_by_label("Mulai pukul").fill("10:00")
    with ani.allow_errors("422"):
        page.get_by_role("button", name="Ajukan").click()
        expect(page.get_by_role("alert")).to_be_visible()
    refused["activity"] = page.get_by_role("alert").inner_text()
    ani.look("activity of a locked month")
    page = admin.open(f"/skp/nilai/?bulan={month.before:%Y-%m}")
    month.notes["ratings after the lock"] = page.locator("main").inner_text()
    admin.look("ratings of a locked month")
    page = admin.open(f"/tpp/perhitungan/?bulan={month.before:%Y-%m}")
    refused["run"] = page.locator("main").inner_text()
    expect(page.get_by_role("button", name="Mulai hitung")).to_have_count(0)
    admin.look("runs of a locked month")
    for name, statement in (
        ("slip", "UPDATE tpp_slip SET digest = digest"),
        ("line", "DELETE FROM tpp_slipline"),
        ("lock", "DELETE FROM tpp_monthlock"),
        ("ledger", "UPDATE payout_ledgerentry SET amount = 0"),
    ):
        with month.live.sql(REGION) as cursor:
            try:
                cursor.execute(statement.encode())
            except psycopg.Error as error:
                refused[name] = str(error)
            else:
                raise AssertionError(f"the database took it: {statement}")
    month.notes["refused"] = refused


def admin_tries_a_stricter_draft_out(month: Month) -> None:
    """A copy with a harder tier over the locked month: who loses is told, and nothing that was paid moves."""
    admin = month.visitor("admin")
    paid = "SELECT count(*), sum(net), md5(string_agg(digest, ',' ORDER BY id)) FROM tpp_slip"
    before = month.rows(paid)
    page = admin.page
    page.goto(month.notes["rules"])
    page.get_by_role("link", name="Salin menjadi draf baru").click()
    following = (month.today.replace(day=1) + timedelta(days=32)).replace(day=1)
    page.get_by_label("Berlaku mulai bulan").fill(f"{following:%Y-%m}")
    page.get_by_role("button", name="Salin", exact=True).click()
    expect(page.get_by_role("link", name="Ubah draf")).to_be_visible()
    draft = page.url
    page.get_by_role("link", name="Ubah draf").click()
    page.get_by_role("link", name=re.compile("^Terlambat masuk kerja")).click()
    for band in range(3):
        page.get_by_label(re.compile("^Poin")).nth(band).fill("6")
    page.locator("#ubah .bulk").get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Draf tersimpan.")).to_be_visible()
    page.goto(draft)
    page.get_by_role("link", name="Uji coba pada bulan yang lalu").click()
    page.get_by_role("checkbox").first.check()
    admin.look("try-out, the question")
    page.get_by_role("button", name="Mulai uji coba").click()
    expect(page.get_by_role("heading", name="Sepuluh penurunan terbesar")).to_be_visible(timeout=WORK_MS)
    month.notes["try-out"] = page.locator("main").inner_text()
    admin.look("try-out, the result")
    month.notes["try-out sheet"] = cells_of(admin.download("Semua baris XLSX"))
    month.notes["paid before and after the try-out"] = (before, month.rows(paid))


STEPS: Final[list[Callable[[Month], None]]] = [
    operator_signs_in,
    operator_provisions_a_region,
    admin_signs_in,
    admin_imports_people_with_three_bad_rows,
    admin_gives_codes_and_a_role,
    three_people_activate_their_accounts,
    two_people_sign_the_rules,
    admin_confirms_the_calendar,
    admin_makes_every_day_a_working_day,
    ani_punches_in_with_a_double_tap,
    ani_punches_out_without_a_network,
    ani_enters_activities,
    budi_approves_in_bulk,
    admin_reads_the_machine,
    admin_brings_in_ratings,
    admin_brings_in_salary_bases,
    admin_runs_the_month,
    ani_reads_her_slip,
    admin_takes_the_recap,
    three_offices_take_the_steps_before_the_lock,
    admin_locks_the_month,
    the_locked_month_refuses_changes,
    admin_tries_a_stricter_draft_out,
]
