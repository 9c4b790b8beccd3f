"""An office on a Tuesday morning, with something on every page that its officials open: names as long as they come."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db.backends.postgresql.psycopg_any import DateRange

from kernel.accounts.models import User
from kernel.periods import Month
from tenants.assemblies.actions import mark_people
from tenants.attendance.actions import DocumentIn, submit_document
from tenants.attendance.orders import submit_order
from tenants.attendance.results import recompute_days
from tenants.calendars.actions import add_holiday, take_ready_pattern
from tenants.calendars.models import PatternAssignment, RamadanPeriod, RosterCell
from tenants.employees.models import Employee
from tenants.kiosks.actions import make_kiosk, make_pins, make_screen
from tenants.organisation.models import Unit
from tenants.places.actions import assign_place, record_letter
from tenants.punch_review.models import PlaceProposal, PunchSignal
from tenants.punch_review.verdicts import explain_punch, reject_punch
from tenants.punches.actions import register_phone, report_lost
from tests.cast import Office, Person, make_employee, make_position, make_unit
from tests.tenants.assemblies.calls import apel, arrives, code_shown
from tests.tenants.attendance.week import MONDAY, at, documented, lay_down_shift, on, punched
from tests.tenants.places.spots import make_spot
from tests.tenants.punch_review.odd import MORNING, make_doubtful, scored
from tests.tenants.punches.signing import SigningPhone

TUESDAY: Final = MONDAY + timedelta(days=1)
LONG_UNIT: Final = "Unit Pelaksana Teknis Daerah Balai Pengembangan Kegiatan Belajar Masyarakat"
LONG_NAME: Final = "Pegawai dengan nama dan gelar yang panjang sekali, S.Sos., M.Si."


def at_work(office: Office, ani: Person, budi: Person, citra: Person, bkpsdm: User) -> dict[str, object]:
    """Fill the office; gives what the addresses of its pages are made of, by name."""
    lay_down_shift(office)
    balai = make_unit(office.opd, "1.01.02", LONG_UNIT)
    post = make_position(balai, "P-20", "Pamong Belajar Ahli Muda", superior=office.head)
    people = [make_employee(LONG_NAME if not n else f"Pegawai nomor {n}", post) for n in range(6)]
    found: dict[str, object] = {"balai": balai.uid, "somebody": people[0].uid}
    with on(date(2026, 10, 2), "14:00"):
        found |= _calendar(office, balai, people, bkpsdm)
        found |= _places(office, people, bkpsdm)
    with on(MONDAY, "07:00"):
        found |= _phones_and_kiosks(office, ani, budi, people, bkpsdm)
    found |= _punches(ani, budi, people, bkpsdm)
    found |= _apel(office, ani, budi, citra, people, bkpsdm)
    with on(TUESDAY, "09:00"):
        found |= _letters(ani, budi, people)
        recompute_days(first=date(2026, 10, 1), end=TUESDAY + timedelta(days=1))
    return found


def _calendar(office: Office, balai: Unit, people: list[Employee], bkpsdm: User) -> dict[str, object]:
    """The balai works in shifts, planned half way; one day off of its own, and a Ramadan."""
    shifts = take_ready_pattern(code="rs-3-sif", actor=bkpsdm)
    PatternAssignment.objects.create(unit=balai, pattern=shifts, period=DateRange(date(2024, 1, 1), None))
    codes = [span.code for span in shifts.versions.order_by("valid_from")[0].version.spans]
    for number, person in enumerate(people[:4]):
        for day in Month.of(MONDAY).days()[:12]:
            code = codes[(number + day.day) % len(codes)]
            RosterCell.objects.create(employee=person, date=day, code=code, pattern=shifts, is_draft=day.day > 8)
    day_off = add_holiday(
        date=date(2026, 10, 14),
        name="Pasar rakyat kecamatan",
        kind="unit",
        source="SE 3/2026",
        unit=balai,
        actor=bkpsdm,
    )
    ramadan = DateRange(date(2027, 2, 8), date(2027, 3, 10))
    RamadanPeriod.objects.create(name="Ramadan 1448 H", period=ramadan, source="SE 1/2027")
    assignment = PatternAssignment.objects.filter(unit=office.opd).get()
    return {
        "pattern": shifts.uid,
        "version": shifts.versions.order_by("valid_from")[0].uid,
        "day_off": day_off.uid,
        "assignment": assignment.uid,
    }


def _places(office: Office, people: list[Employee], bkpsdm: User) -> dict[str, object]:
    """The office, an area that nobody has been given, an ended one, and a letter that sends people."""
    spot = make_spot(bkpsdm, "Kantor Dinas Pendidikan, gedung utama", opd=office.opd)
    first = MONDAY
    assign_place(uid=spot.uid, units=[office.opd], first=first, last=None, actor=bkpsdm)
    corners = tuple((Decimal("1.48") + Decimal(n) / 1000, Decimal("124.85") + Decimal(n * n) / 1000) for n in range(5))
    area = make_spot(
        bkpsdm, "Taman Kesatuan Bangsa", corners=corners, latitude=Decimal(0), longitude=Decimal(0), radius_m=0
    )
    letter = record_letter(
        number="800.1.11.1/1234/Disdik/2026",
        subject="Pendataan sarana sekolah di wilayah kepulauan",
        first=MONDAY,
        last=TUESDAY,
        people=people[:3],
        places=[area],
        opd=office.opd,
        actor=bkpsdm,
    )
    row = spot.assignments.get()
    return {"place": spot.uid, "area": area.uid, "duty": letter.uid, "place_assignment": row.uid}


def _phones_and_kiosks(
    office: Office, ani: Person, budi: Person, people: list[Employee], bkpsdm: User
) -> dict[str, object]:
    """A phone in use, one that waits, one that is lost; an office code, a tablet to be installed, PINs."""
    for person, name in ((ani, "Chrome di Android"), (ani, "Firefox di Android"), (budi, "Safari di iPhone")):
        jwk = SigningPhone("manado", at(MONDAY, "07:00")).jwk
        key = register_phone(employee=person.employee, jwk=jwk, name=name, actor=person.user)
    report_lost(uid=key.uid, actor=budi.user)
    screen = make_screen(unit=office.opd, label="Lobi gedung utama lantai satu", actor=bkpsdm)
    make_kiosk(unit=office.opd, label="Loket pelayanan terpadu", actor=bkpsdm)
    make_pins(employees=people[:2], actor=bkpsdm)
    return {"screen": screen.uid}


def _punches(ani: Person, budi: Person, people: list[Employee], bkpsdm: User) -> dict[str, object]:
    """Ordinary ones of two days, odd ones that wait, one that was rejected, and places that may be missing."""
    for number, person in enumerate(people):
        punched(person, MONDAY, "in", f"07:2{number}")
        if number % 2:
            punched(person, MONDAY, "out", "16:05")
    punched(people[0], TUESDAY, "in", "07:46")
    documented(people[1], "S", TUESDAY, TUESDAY + timedelta(days=2), label="Sakit")
    odd = make_doubtful(
        ani.employee,
        MORNING,
        place_error="denied",
        latitude=None,
        longitude=None,
        accuracy_m=None,
        note="Tugas mendadak ke sekolah di pulau, tidak ada sinyal sampai sore.",
    )
    far = make_doubtful(people[0], MORNING + timedelta(minutes=5), accuracy_m=0)
    settled = make_doubtful(budi.employee, MORNING + timedelta(minutes=9))
    scored(at(TUESDAY, "08:00"))
    PunchSignal.objects.filter(punch=odd).update(points=40)
    with on(TUESDAY, "08:30"):
        explain_punch(uid=odd.pk, text="Saya di SD Negeri Bunaken sejak pukul 06.50.", actor=ani.user)
        reject_punch(uid=settled.pk, reason="Letaknya di kota lain, tidak ada surat tugas.", actor=bkpsdm)
        proposal = PlaceProposal.objects.create(
            unit=people[0].placements.get().position.unit,
            latitude=Decimal("1.481234"),
            longitude=Decimal("124.851234"),
            radius_m=90,
            people=12,
        )
    return {"odd": odd.pk, "far": far.pk, "settled": settled.pk, "proposal": proposal.uid}


def _apel(
    office: Office, ani: Person, budi: Person, citra: Person, people: list[Employee], bkpsdm: User
) -> dict[str, object]:
    """Monday's apel: one came by code, one is excused, one was written down, the others did not come."""
    held = apel(leader=budi.employee, actor=bkpsdm, units=[office.opd], place="Halaman kantor gubernur lama")
    moment = at(MONDAY, "07:35")
    arrives(ani.employee, moment, code=code_shown(held, moment))
    documented(citra.employee, "C", MONDAY, TUESDAY, label="Cuti tahunan")
    with on(MONDAY, "10:00"):
        mark_people(
            assembly=held, people=people[:2], state="attended", reason="Tercatat di daftar hadir kertas", actor=bkpsdm
        )
    return {"apel": held.uid}


def _letters(ani: Person, budi: Person, people: list[Employee]) -> dict[str, object]:
    """A sick letter and a correction that wait, and an order for many."""
    sick = submit_document(
        employee=ani.employee,
        draft=DocumentIn("S", "Sakit", date(2026, 10, 1), date(2026, 10, 2), reason="Demam, surat dokter menyusul."),
        actor=ani.user,
    )
    order = submit_order(
        proposer=budi.employee,
        people=[ani.employee],
        draft=DocumentIn("TL", "Rapat koordinasi", TUESDAY, TUESDAY, letter_number="094/17/Disdik"),
        actor=budi.user,
    )
    recorded = documented(people[2], "C", date(2026, 10, 1), date(2026, 10, 3), label="Cuti tahunan")
    return {"sick": sick.uid, "order": order.uid, "recorded": recorded.uid}
