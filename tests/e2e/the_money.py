"""A month's money from its run to the accounts and an objection, played by its people in browsers, step after step."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.e2e.browsing import DESK, PHONE, WORK_MS, Findings, Visitor, describe
from tests.e2e.ceilings import ENOUGH, codes_to_pay, record_ceiling
from tests.e2e.full_region_visits import FullRegion
from tests.e2e.live import Live
from tests.e2e.money_office import ADMIN, ANI, CITRA, CODE, DEWI, HADI, LINA, OFFICE, OTHER_OFFICE, WATI
from tests.e2e.the_month import cells_of, quiet_zone, workbook

SLIPS: Final = """SELECT e.nip, r.number, s.digest, s.net FROM tpp_slip s
    JOIN employees_employee e ON e.id = s.employee_id JOIN tpp_monthrun r ON r.id = s.run_id ORDER BY r.number, e.nip"""
LOW: Final = "1.000.000"
OBJECTION: Final = "Selasa pertama saya menjaga pos sejak pukul enam."
_SEND_TWICE: Final = """async (form) => {
    const send = () => fetch(location.href, {method: "POST", body: new FormData(form)});
    return (await Promise.all([send(), send()])).map((answer) => answer.url);
}"""


@dataclass
class Money:
    """Who is there, and what they noted on the way."""

    region: FullRegion
    browser: Browser
    findings: Findings = field(default_factory=Findings)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def begin(cls, live: Live, browser: Browser) -> Money:
        """With the region laid down, and nothing computed in it."""
        zone, hours = quiet_zone(datetime.now(UTC))
        told = live.manage(
            "shell", "--no-imports", "-c", f"from tests.e2e.money_office import set_up; set_up({zone!r})"
        )
        facts = json.loads(told.strip().splitlines()[-1])
        return cls(FullRegion(live, facts["password"], facts["month"], hours, CODE), browser)

    @property
    def month(self) -> str:
        return self.region.month

    def visitor(self, nip: str, *, size: ViewportSize = DESK) -> Visitor:
        """That person, signed in, with a browser of the own from the first time on."""
        if nip not in self.visitors:
            self.visitors[nip] = self.stranger(nip, size=size)
            self.visitors[nip].log_in(nip, self.region.password)
        return self.visitors[nip]

    def stranger(self, name: str, *, size: ViewportSize = DESK) -> Visitor:
        """Somebody who has not signed in."""
        self.visitors[name] = Visitor(self.region.live, self.browser, self.findings, CODE, size, name)
        return self.visitors[name]

    @contextmanager
    def doing(self, step: str) -> Iterator[None]:
        """Say in a failure which step it was and what everybody saw."""
        try:
            yield
        except BaseException as error:
            error.add_note(f"in the step: {step}")
            for visitor in self.visitors.values():
                error.add_note(describe(visitor))
            raise

    def play(self) -> None:
        """All of it."""
        for step in STEPS:
            with self.doing(step.__name__.replace("_", " ")):
                step(self)

    def close(self) -> None:
        for visitor in self.visitors.values():
            visitor.close()


def amount_of(text: str) -> Decimal:
    """The rupiah that a page says."""
    return Decimal(re.sub(r"\D", "", text))


def finished_job(page: Page) -> None:
    expect(page.get_by_text(re.compile("^Selesai(, ada baris yang salah)?$")).first).to_be_visible(timeout=WORK_MS)


# The run ------------------------------------------------------------------------------------------------------------


def admin_runs_the_month(money: Money) -> None:
    """One person lacks a salary base: an error row with the page that mends it; all others have slips."""
    admin = money.visitor(ADMIN)
    page = admin.open(f"/tpp/perhitungan/?bulan={money.month}")
    page.get_by_role("button", name="Mulai hitung").click()
    expect(page.get_by_role("heading", name="Belum dapat dihitung: 1")).to_be_visible(timeout=WORK_MS)
    money.notes["run"] = page.url
    money.notes["error row"] = page.locator("details.fold", has_text="Lina").inner_text()
    money.notes["slips of the first run"] = money.region.rows(SLIPS)
    admin.look("a run with an error row")


def admin_mends_the_error_row(money: Money) -> None:
    """The row's link leads to the salary bases; then only the office of the row is computed again."""
    admin = money.visitor(ADMIN)
    page = admin.page
    page.locator("details.fold", has_text="Lina").get_by_role("link", name="Buka").first.click()
    expect(page.get_by_role("heading", name="Dasar gaji", level=1)).to_be_visible()
    sheet = workbook(
        money.region.live.directory / "gaji-lina.xlsx", {"Gaji": [["NIP", "Dasar gaji"], [LINA, "4.000.000"]]}
    )
    page.get_by_label("Bulan", exact=True).fill(money.month)
    page.get_by_label("Lembar XLSX").set_input_files(sheet)
    page.get_by_role("button", name="Unggah").click()
    finished_job(page)
    page.goto(money.notes["run"])
    page.get_by_role("button", name="Hitung ulang yang galat").click()
    expect(page.get_by_text("Semua pegawai nominatif terhitung")).to_be_visible(timeout=WORK_MS)
    admin.look("the run of what was mended")
    money.notes["second run"] = page.url
    money.notes["slips of both runs"] = money.region.rows(SLIPS)


# The OPD's month ----------------------------------------------------------------------------------------------------


def operator_closes_the_month(money: Money) -> None:
    dewi = money.visitor(DEWI)
    page = dewi.open("/tpp/pembayaran/opd-saya/")
    expect(page.get_by_role("heading", name=OFFICE, level=1)).to_be_visible()
    money.notes["parcel"] = page.url
    dewi.look("an OPD's month to close")
    take_step(dewi, "Tutup bulan OPD")
    money.notes["closed"] = page.locator("main").inner_text()


def take_step(visitor: Visitor, words: str, fill: Callable[[Page], None] | None = None) -> None:
    """Take the step of these words on the parcel's page, which is open."""
    page = visitor.page
    page.get_by_role("link", name=words).click()
    expect(page.get_by_role("heading", name=words, level=1)).to_be_visible()
    if fill is not None:
        fill(page)
    visitor.look(f"the step {words}")
    page.get_by_role("button", name=words).click()
    expect(page.get_by_role("heading", name="Riwayat")).to_be_visible()


def bkpsdm_checks_the_month(money: Money) -> None:
    admin = money.visitor(ADMIN)
    page = admin.open(f"/tpp/pembayaran/?bulan={money.month}")
    admin.look("the board of payments")
    page.get_by_role("link", name=OFFICE).click()
    take_step(admin, "Nyatakan sudah diperiksa")


# Before payment -----------------------------------------------------------------------------------------------------


def bkpsdm_lets_a_hit_through(money: Money) -> None:
    """Gita's work on days of absence, with a reason; what is grave is refused, also to a form made by hand."""
    admin = money.visitor(ADMIN)
    page = admin.open(f"/praaudit/?bulan={money.month}")
    page.get_by_role("button", name="Periksa semua OPD").click()
    finished_job(page)
    admin.open(f"/praaudit/?bulan={money.month}")
    admin.look("the pre-audit of a month")
    page.get_by_role("link", name=OFFICE).click()
    money.notes["hits"] = page.locator("main section.section").all_inner_texts()
    grave = section(page, "Tidak hadir tetapi poin penuh")
    expect(grave.get_by_text("Hanya inspektorat yang dapat mengecualikan")).to_be_visible()
    expect(grave.get_by_role("checkbox")).to_have_count(0)
    admin.look("the hits of an OPD")
    history = grave.get_by_role("link", name="Riwayat temuan").get_attribute("href") or ""
    money.notes["grave hit"] = history
    light = section(page, "Beraktivitas pada hari tanpa keterangan")
    light.get_by_role("checkbox").first.check()
    reason = page.get_by_label("Alasan")
    page.locator("main form").last.evaluate("form => { form.noValidate = true; }")
    with admin.allow_errors("422"):
        reason.fill("Benar")
        page.get_by_role("button", name="Kecualikan").click()
        expect(page.get_by_label("Alasan")).to_have_attribute("aria-invalid", "true")
    admin.look("a hit let through without enough of a reason")
    smuggle(page, history.rstrip("/").split("/")[-1])
    page.get_by_label("Alasan").fill("Mesin absen rusak; kerja dari lapangan.")
    with admin.allow_errors("422"):
        page.get_by_role("button", name="Kecualikan").click()
        # The page before has an alert too.
        expect(page.get_by_role("alert")).to_contain_text(re.compile("inspektorat", re.IGNORECASE))
    money.notes["refused to BKPSDM"] = page.get_by_role("alert").inner_text()
    page.locator("input[type=hidden][name=temuan]").evaluate_all("all => all.forEach((one) => one.remove())")
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    section(page, "Beraktivitas pada hari tanpa keterangan").get_by_role("checkbox").first.check()
    page.get_by_label("Alasan").fill("Mesin absen rusak; kerja dari lapangan.")
    page.get_by_role("button", name="Kecualikan").click()
    expect(page.get_by_text("1 temuan dikecualikan.")).to_be_visible()


def section(page: Page, title: str) -> Locator:
    """The section of the page under this heading."""
    return page.locator("main section.section").filter(has=page.get_by_role("heading", name=title))


def smuggle(page: Page, uid: str) -> None:
    """Add a hit to the form of waivers that the page does not offer."""
    page.locator("main form").last.evaluate(
        """(form, uid) => {
            const input = Object.assign(document.createElement("input"), {type: "hidden", name: "temuan", value: uid});
            form.append(input);
        }""",
        uid,
    )


def bpkad_holds_it_against_the_ceiling(money: Money) -> None:
    """The ceiling is too low: the step is refused, the ways out are shown, and a changed budget lets it pass."""
    citra = money.visitor(CITRA)
    page = citra.page
    opd = money.notes["parcel"].rstrip("/").split("/")[-1]
    month = f"/anggaran/bulan/{money.month}/ordinary/{opd}/"
    codes = codes_to_pay(citra, month)
    for code, amount in zip(codes, [LOW] + [ENOUGH] * len(codes), strict=False):
        record_ceiling(citra, opd, code, amount, "DPA", f"{money.month[:4]}-01-01")
    citra.look("the ceilings of an OPD")
    page.goto(money.notes["parcel"])
    money.notes["over the ceiling"] = page.locator("main").inner_text()
    page.get_by_role("link", name="Nyatakan pagu cukup").click()
    with citra.allow_errors("422"):
        if page.get_by_role("button", name="Nyatakan pagu cukup").count():
            page.get_by_role("button", name="Nyatakan pagu cukup").click()
        expect(page.get_by_text("Belum dapat diambil")).to_be_visible()
    citra.look("a ceiling that is too low")
    citra.open(month)
    money.notes["ways out"] = page.locator("main").inner_text()
    citra.look("the ways out of a shortage")
    record_ceiling(citra, opd, codes[0], ENOUGH, "DPPA", f"{money.month}-01")
    citra.open(month)
    money.notes["within the ceiling"] = page.locator("main").inner_text()
    page.goto(money.notes["parcel"])
    take_step(citra, "Nyatakan pagu cukup")


# Lock ---------------------------------------------------------------------------------------------------------------


def admin_is_refused_the_lock(money: Money) -> None:
    """Grave hits are open."""
    admin = money.visitor(ADMIN)
    lock_this(money)
    expect(admin.page.get_by_text("Belum dapat dikunci")).to_be_visible()
    money.notes["lock refused"] = admin.page.locator("main").inner_text()
    admin.look("a lock that is refused")


def lock_this(money: Money) -> None:
    """Ask for the lock of the one office; the other has not closed."""
    admin = money.visitor(ADMIN)
    page = admin.open(f"/tpp/kunci/{money.month}/")
    page.get_by_label(OTHER_OFFICE).uncheck()
    with admin.allow_errors("422"):
        page.locator("main").get_by_role("button", name="Kunci bulan").click()
        expect(
            page.get_by_text("Belum dapat dikunci").or_(page.get_by_role("heading", name="OPD terkunci"))
        ).to_be_visible(timeout=WORK_MS)


def inspectorate_lets_the_grave_hits_through(money: Money) -> None:
    hadi = money.visitor(HADI)
    page = hadi.open(f"/praaudit/?bulan={money.month}")
    page.get_by_role("link", name=OFFICE).click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    money.notes["grave hits"] = page.get_by_role("checkbox").count()
    page.get_by_label("Alasan").fill("Surat tugas sebulan penuh sudah diperiksa.")
    page.get_by_label("Nomor surat atau dokumen").fill("700/12/INSP")
    page.get_by_role("button", name="Kecualikan").click()
    expect(page.get_by_text("Tidak ada temuan yang belum selesai")).to_be_visible()
    hadi.open(money.notes["grave hit"])
    hadi.look("a hit that was let through")
    money.notes["let through"] = page.locator("main").inner_text()


def bkpsdm_locks_the_office(money: Money) -> None:
    lock_this(money)
    admin = money.visitor(ADMIN)
    expect(admin.page.get_by_role("heading", name="OPD terkunci")).to_be_visible()
    admin.look("a month of which one OPD is locked")
    admin.page.locator("main").get_by_role("link", name=OFFICE).click()
    expect(admin.page.get_by_role("table", name="Tanda tangan tiga instansi")).to_be_visible()
    money.notes["lock"] = admin.page.url
    admin.look("a lock without signatures")


def three_people_sign_the_lock(money: Money) -> None:
    """BKPSDM, Inspektorat and BPKAD, each by a person of its own, who sees the sums before."""
    for nip in (ADMIN, HADI, CITRA):
        signer = money.visitor(nip)
        page = signer.page
        page.goto(money.notes["lock"])
        page.get_by_role("button", name="Tanda tangani").click()
        expect(page.get_by_role("heading", name=re.compile("^Tanda tangani untuk"))).to_be_visible()
        if nip == ADMIN:
            signer.look("what is about to be signed")
        page.get_by_role("button", name="Tanda tangani").click()
        expect(page.get_by_text("Kunci ditandatangani.")).to_be_visible()
    money.notes["signers"] = money.region.rows(
        "SELECT s.office, u.login FROM payout_locksignature s JOIN accounts_user u ON u.id = s.signer_id"
    )
    money.visitor(CITRA).look("a lock with three signatures")


# Papers -------------------------------------------------------------------------------------------------------------


def operator_issues_the_papers(money: Money) -> None:
    dewi = money.visitor(DEWI)
    page = dewi.open(f"/dokumen/?bulan={money.month}")
    expect(page.get_by_text(OFFICE).first).to_be_visible()
    money.notes["papers"] = page.url
    dewi.look("papers before they are issued")
    page.get_by_role("button", name="Terbitkan semua dokumen").click()
    finished_job(page)
    page.goto(money.notes["papers"])
    dewi.look("papers that are issued")
    table = page.get_by_role("table", name="Dokumen bulan ini")
    money.notes["set"] = table.get_by_role("row").all_inner_texts()[1:]
    row = table.get_by_role("row").filter(has_text="Daftar").first
    money.notes["pdf"], money.notes["xlsx"] = (
        download(dewi, row.get_by_role("link", name=re.compile(f"^{form}"))) for form in ("PDF", "XLSX")
    )
    money.notes["verify"] = page.get_by_role("link", name="Halaman pemeriksaan").first.get_attribute("href")
    money.notes["net"] = money.region.rows("SELECT sum(amount) FROM payout_ledgerentry WHERE kind = 'net_tpp'")[0][0]


def download(visitor: Visitor, link: Locator) -> Path:
    """What the link saves."""
    with visitor.page.expect_download() as found:
        link.click()
    path = visitor.live.directory / f"uang-{found.value.suggested_filename}"
    found.value.save_as(path)
    return path


def anybody_checks_a_paper(money: Money) -> None:
    """By the address of its QR code, without an account; and a code of nobody is not known."""
    stranger = money.stranger("anybody", size=PHONE)
    page = stranger.open(money.notes["verify"])
    expect(page.get_by_text("Dokumen ini asli dan berlaku")).to_be_visible()
    stranger.look("a paper that is checked")
    money.notes["verified"] = page.locator("body").inner_text()


# Paying -------------------------------------------------------------------------------------------------------------


def treasurer_asks_for_the_money(money: Money) -> None:
    wati = money.visitor(WATI)
    page = wati.page
    page.goto(money.notes["parcel"])
    take_step(wati, "Ajukan SPP", letter(money, "SPP", "001"))
    take_step(wati, "Catat SPM", letter(money, "SPM", "002"))
    wati.look("an OPD's month with its payment list")
    citra = money.visitor(CITRA)
    citra.page.goto(money.notes["parcel"])
    take_step(citra, "Catat SP2D", letter(money, "SP2D", "003"))


def letter(money: Money, name: str, number: str) -> Callable[[Page], None]:
    """Number and date of a letter; its amount stands in the form already."""

    def fill(page: Page) -> None:
        page.get_by_label(f"Nomor {name}").fill(f"{number}/{name}/2.15")
        page.get_by_label(f"Tanggal {name}").fill(f"{money.region.today:%Y-%m-%d}")

    return fill


def bpkad_pays(money: Money) -> None:
    """The bank's file goes out; its answer comes in two sheets, and a line of nobody's is told."""
    citra = money.visitor(CITRA)
    page = citra.page
    page.goto(money.notes["parcel"])
    rows = cells_of(download(citra, page.get_by_role("link", name="Daftar bank XLSX")))
    title = rows[0]
    listed = [dict(zip(title, row, strict=True)) for row in rows[1:] if row[1]]
    money.notes["bank"] = listed
    money.notes["bank total"] = Decimal(str(rows[-1][title.index("Jumlah")]))
    answer = [[row["Referensi"], row["Nomor rekening"], f"{row['Jumlah']:.0f}", "Berhasil"] for row in listed]
    stranger = ["T0001-9.99-1-1", "0000000000", "1000000", "Berhasil"]
    others = [line for line, row in zip(answer, listed, strict=True) if row["NIP"] != LINA]
    money.notes["first answer"] = bring_answer(money, [*others, stranger])
    citra.look("the bank's answer, read")
    page.goto(money.notes["parcel"])
    money.notes["partly paid"] = page.locator("main").inner_text()
    money.notes["second answer"] = bring_answer(money, answer)
    page.goto(money.notes["parcel"])
    money.notes["paid"] = page.locator("main").inner_text()
    citra.look("an OPD's month that is paid")
    page.get_by_role("link", name="Daftar 1").click()
    expect(page.get_by_role("heading", name="Daftar pembayaran 1")).to_be_visible()
    citra.look("a payment list")
    money.notes["states"] = money.region.rows(
        "SELECT e.nip, p.state FROM payout_paymentrow p JOIN employees_employee e ON e.id = p.employee_id"
    )


def bring_answer(money: Money, lines: list[list[Any]]) -> str:
    """Upload the bank's answer; gives what the page says of it."""
    citra = money.visitor(CITRA)
    page = citra.open("/tpp/pembayaran/hasil-bank/")
    head = ["Referensi", "Nomor rekening", "Jumlah", "Status"]
    sheet = workbook(money.region.live.directory / f"hasil-bank-{len(lines)}.xlsx", {"Hasil": [head, *lines]})
    page.locator("input[type=file]").set_input_files(sheet)
    page.get_by_role("button", name="Masukkan").click()
    finished_job(page)
    return page.locator("main").inner_text()


# The person ---------------------------------------------------------------------------------------------------------


def ani_reads_her_slip_and_objects(money: Money) -> None:
    """On the phone: the line of the late Tuesdays with its clause, days and base; from there the objection."""
    ani = money.visitor(ANI, size=PHONE)
    page = ani.open("/tpp/")
    page.get_by_role("link").filter(has_text="Rp").first.click()
    page.wait_for_url(re.compile("/tpp/slip/"))
    money.notes["slip"] = page.url
    money.notes["slip net"] = amount_of(page.locator(".amount--big").first.inner_text())
    line = page.locator("details.fold", has_text=re.compile("40 menit"))
    if not line.first.evaluate("line => line.open"):
        line.first.locator("summary").click()
    money.notes["line"] = line.first.inner_text()
    ani.look("a slip with a line open", both_sizes=False)
    money.notes["slip pdf"] = download(ani, page.get_by_role("link", name="PDF"))
    line.first.get_by_role("link", name=re.compile("^Ajukan keberatan")).click()
    ani.look("an objection", both_sizes=False)
    page.locator("main form").evaluate("form => { form.noValidate = true; }")
    with ani.allow_errors("422"):
        page.get_by_label("Apa yang menurut Anda keliru").fill("Salah")
        page.get_by_role("button", name="Kirim keberatan").click()
        expect(page.get_by_label("Apa yang menurut Anda keliru")).to_have_attribute("aria-invalid", "true")
    words = page.get_by_label("Apa yang menurut Anda keliru")
    words.fill(OBJECTION)
    with ani.offline():
        page.get_by_role("button", name="Kirim keberatan").click()
        expect(page.get_by_text("Tidak tersambung. Isian Anda masih ada; coba kirim lagi.")).to_be_visible()
        expect(words).to_have_value(OBJECTION)
    # The phone sends it twice before an answer comes, and then she presses as well.
    money.notes["sent twice"] = page.locator("main form").evaluate(_SEND_TWICE)
    page.get_by_role("button", name="Kirim keberatan").dblclick()
    expect(page.get_by_text("Diajukan", exact=True).first).to_be_visible()
    money.notes["appeals"] = money.region.rows("SELECT count(*) FROM appeals_appeal")[0][0]
    money.notes["appeal"] = page.url
    ani.look("an objection that waits", both_sizes=False)


def operator_passes_it_on(money: Money) -> None:
    dewi = money.visitor(DEWI)
    dewi.page.goto(money.notes["appeal"])
    dewi.look("an objection to decide")
    dewi.page.get_by_role("link", name="Putuskan di kotak masuk").click()
    dewi.page.get_by_role("button", name="Setujui").click()
    expect(dewi.page.get_by_text("1 dokumen disetujui.")).to_be_visible()


def bkpsdm_grants_it(money: Money) -> None:
    """It says what follows, and decides."""
    admin = money.visitor(ADMIN)
    page = admin.page
    page.goto(money.notes["appeal"])
    page.get_by_label("Tambahan atau pengurangan sejumlah rupiah").check()
    page.get_by_label(re.compile("^Jumlah")).fill("50.000")
    page.get_by_label(re.compile("^Dasar")).fill("Jadwal jaga 090/7 membenarkannya.")
    page.get_by_role("button", name="Simpan hasil").click()
    expect(page.get_by_text("Hasil tersimpan.")).to_be_visible()
    admin.look("an objection with its outcome")
    page.get_by_role("link", name="Putuskan di kotak masuk").click()
    page.get_by_role("button", name="Setujui").click()
    expect(page.get_by_text("1 dokumen disetujui.")).to_be_visible()


def ani_reads_the_outcome(money: Money) -> None:
    ani = money.visitor(ANI)
    page = ani.open("/tpp/keberatan/")
    ani.look("own objections", both_sizes=False)
    page.goto(money.notes["appeal"])
    money.notes["outcome"] = page.locator("main").inner_text()
    ani.look("an objection that was granted", both_sizes=False)
    money.notes["orders"] = money.region.rows("SELECT amount, source FROM arrears_order")
    money.notes["slip after"] = money.region.rows(
        "SELECT s.net FROM tpp_slip s JOIN employees_employee e ON e.id = s.employee_id WHERE e.nip = %s", ANI
    )


STEPS: Final[list[Callable[[Money], None]]] = [
    admin_runs_the_month,
    admin_mends_the_error_row,
    operator_closes_the_month,
    bkpsdm_checks_the_month,
    bkpsdm_lets_a_hit_through,
    bpkad_holds_it_against_the_ceiling,
    admin_is_refused_the_lock,
    inspectorate_lets_the_grave_hits_through,
    bkpsdm_locks_the_office,
    three_people_sign_the_lock,
    operator_issues_the_papers,
    anybody_checks_a_paper,
    treasurer_asks_for_the_money,
    bpkad_pays,
    ani_reads_her_slip_and_objects,
    operator_passes_it_on,
    bkpsdm_grants_it,
    ani_reads_the_outcome,
]
