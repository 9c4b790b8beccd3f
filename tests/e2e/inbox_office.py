"""An office for the inbox's browser tests: run inside the live platform by `manage.py shell`.

Budi leads fifteen people. Each of them has handed in one activity of the same day, three of them with something that
must be looked at. Citra leads nobody; Dewi is the operator; Farah is above Budi and has what he passed up of Indah.
"""

from __future__ import annotations

import json
from datetime import date, time
from functools import cache
from typing import Final

from django.contrib.auth.hashers import make_password

from control.onboarding.actions import NewRegion, provision_region
from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import Role, RoleGrant, User
from kernel.ids import new_uid
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from tenants.activities.actions import ActivityInput, send_activity
from tenants.activities.models import JobKind
from tenants.approvals.actions import add_remarks, decide
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.models import ApprovalRequest, ChainStep
from tenants.calendars.models import Holiday, PatternVersion
from tenants.employees.models import Employee
from tests.cast import PASSWORD, make_employee, make_nip, make_opd, make_position, make_unit

# Nothing that a check for copied words would call alike.
WORK: Final = (
    "Rekap kehadiran bulan berjalan",
    "Daftar barang inventaris gudang",
    "Jawaban surat dari sekolah",
    "Notulen rapat koordinasi guru",
    "Undangan peserta pelatihan",
    "Bahan paparan untuk pimpinan",
    "Peta sebaran murid per kecamatan",
    "Verifikasi ijazah pelamar",
    "Kuitansi perjalanan dinas",
    "Jadwal pemakaian aula",
    "Telaah usulan mutasi",
    "Perbaikan jaringan komputer",
    "Laporan kerusakan atap",
    "Grafik nilai ujian",
    "Arsip keputusan kepala dinas",
)
OF_INDAH: Final = ("Analisis jabatan", "Kajian beban kerja", "Naskah pidato", "Desain spanduk")
CODE: Final = "kotak"
PEOPLE: Final = len(WORK)
EXCEPTIONS: Final = 3
PASSED_UP: Final = len(OF_INDAH)
ANI, BUDI, CITRA, DEWI, FARAH, INDAH = (make_nip(number) for number in (1, 51, 52, 53, 54, 55))


def set_up(zone: str, day: str) -> None:
    """Provision the region and fill it; prints what the tests must know as JSON."""
    new = NewRegion(code=CODE, kind="kota", name="Kota Kotak", short_name="Kotak", time_zone=zone)
    provision_region(new=new, actor=System("tests"))
    with region_scope(registry.region_by_code(CODE)):
        _fill(zone, date.fromisoformat(day))
    print(json.dumps({"password": PASSWORD}))


def _fill(zone: str, day: date) -> None:
    # Whatever day it is: work on a free day would be looked at more closely.
    week = PatternVersion.objects.get(pattern__is_default=True, variant="normal")
    week.content["slots"] = [week.content["slots"][0]] * 7
    week.save()
    Holiday.objects.filter(date=day).delete()
    opd = make_opd()
    unit = make_unit(opd, "1.01.01", "Bidang Pembinaan")
    head = make_position(opd, "P-1", "Kepala Dinas", kelas=14, kind="jpt")
    section = make_position(unit, "P-2", "Kepala Seksi", kelas=9, kind="pengawas", superior=head)
    staff = make_position(unit, "P-3", "Pengelola Data", superior=section)
    treasurer = make_position(opd, "P-4", "Bendahara", kelas=8, superior=head)
    make_employee("Budi", section, nip=BUDI, user=_user(BUDI, "Budi", "asn", "atasan"))
    make_employee("Citra", treasurer, nip=CITRA, user=_user(CITRA, "Citra", "asn"))
    operator = _user(DEWI, "Dewi", "asn")
    RoleGrant.objects.create(user=operator, role=Role.objects.get(code="operator_opd"), opd_uid=opd.uid)
    make_employee("Dewi", make_position(opd, "P-5", "Operator", superior=head), nip=DEWI, user=operator)
    kind = JobKind.objects.create(
        code="T-1",
        name="Menyusun laporan",
        output_unit="laporan",
        norm_minutes=30,
        points="2",
        valid_from=date(2024, 1, 1),
    )
    people = []
    for number in range(1, PEOPLE + 1):
        nip, name = make_nip(number), "Ani" if number == 1 else f"Pegawai {number:02}"
        people.append(make_employee(name, staff, nip=nip, user=_user(nip, name, "asn")))
    boss = make_employee("Farah", head, nip=FARAH, user=_user(FARAH, "Farah", "asn", "atasan"))
    expert = make_position(unit, "P-6", "Analis", kind="fungsional", superior=section)
    lay_down_chain(
        document_kind="activity",
        name="Fungsional: dua tingkat",
        valid_from=date(2024, 1, 1),
        position_kind="fungsional",
        steps=[StepInput(ChainStep.Approver.DIRECT_SUPERIOR), StepInput(ChainStep.Approver.NEXT_SUPERIOR)],
    )
    indah = make_employee("Indah", expert, nip=INDAH, user=_user(INDAH, "Indah", "asn"))
    # Handed in on the evening of the day itself.
    with clock.at(clock.at_local(day, time(20), zone)):
        for number, (person, words) in enumerate(zip(people, WORK, strict=True)):
            _hand_in(person, kind, day, time(8, number), words)
        for number, words in enumerate(OF_INDAH):
            _hand_in(indah, kind, day, time(9 + number), words)
        _pass_up(boss)
        odd = ApprovalRequest.objects.filter(level=1).order_by("-pk")[:EXCEPTIONS]
        remarks = {request.document_uid: ["Uraian mirip dokumen lain"] for request in odd}
        add_remarks(document_kind="activity", remarks=remarks, actor=System("tests"))


def _user(login: str, name: str, *roles: str) -> User:
    """All with one password, hashed once."""
    user = User.objects.create(login=login, display_name=name, password=_password())
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=Role.objects.get(code=code)) for code in roles)
    return user


@cache
def _password() -> str:
    return make_password(PASSWORD)


def _pass_up(boss: Employee) -> None:
    """Budi approves Indah's; one of them is to be looked at by who comes next."""
    mine = ApprovalRequest.objects.filter(owner__nip=INDAH)
    budi = User.objects.get(login=BUDI)
    decide(request_uids=list(mine.values_list("uid", flat=True)), verdict="approved", actor=budi)
    assert set(mine.values_list("approver_id", flat=True)) == {boss.pk}
    odd = mine.order_by("pk")[:1]
    remarks = {request.document_uid: ["Bukti dipakai dua kali"] for request in odd}
    add_remarks(document_kind="activity", remarks=remarks, actor=System("tests"))


def _hand_in(person: Employee, kind: JobKind, day: date, starts_at: time, words: str) -> None:
    user = person.user
    assert isinstance(user, User)
    draft = ActivityInput(
        job_kind_uid=kind.uid,
        date=day,
        starts_at=starts_at,
        minutes=30,
        volume=1,
        description=words,
        client_key=new_uid(),
    )
    send_activity(employee=person, actor=user, draft=draft)
