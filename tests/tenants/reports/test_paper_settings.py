"""Letterhead, numbers and signers: from the nearest unit, dated, and refused when they cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed
from kernel.files.errors import FileRefused
from tenants.organisation.models import Position, Unit
from tenants.reports import paper_settings
from tenants.reports.errors import SettingsRefused
from tenants.reports.models import PaperSettings, Signer
from tenants.reports.paper_settings import (
    LetterheadInput,
    SignerInput,
    appoint_signer,
    end_signer,
    set_letterhead,
    set_patterns,
)
from tenants.reports.papers.dressing import USUAL_PATTERN, dressing_of
from tenants.reports.papers.numbering import checked_pattern, number_text
from tests.cast import Office, Person, make_opd, make_unit

DAY = date(2024, 6, 6)
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


def head(name: str, first: date = date(2024, 1, 1)) -> SignerInput:
    return SignerInput(Signer.Role.HEAD, name, "198001012005011001", "Pembina (IV/a)", "Kepala", first)


def test_nothing_set_gives_usable_papers(office: Office) -> None:
    dressing = dressing_of(office.opd, DAY)
    assert dressing.letterhead.government == "PEMERINTAH KOTA MANADO"
    assert dressing.letterhead.office == "DINAS PENDIDIKAN"
    assert dressing.place == "Manado"
    assert dressing.pattern("perhitungan") == USUAL_PATTERN


def test_an_opd_s_own_setting_counts_before_the_region_s(office: Office, bkpsdm: User) -> None:
    set_letterhead(
        unit=None,
        letterhead=LetterheadInput("PEMERINTAH CONTOH", "", "Jalan A", "Kota A", "a4"),
        logo=None,
        actor=bkpsdm,
    )
    set_letterhead(unit=office.opd, letterhead=LetterheadInput(address="Jalan B"), logo=None, actor=bkpsdm)
    set_patterns(unit=None, patterns={"": "1/{nomor}", "sptjm": "S/{nomor}"}, actor=bkpsdm)
    set_patterns(unit=office.opd, patterns={"": "2/{nomor}"}, actor=bkpsdm)
    dressing = dressing_of(office.opd, DAY)
    assert (dressing.letterhead.government, dressing.letterhead.address) == ("PEMERINTAH CONTOH", "Jalan B")
    assert (dressing.place, dressing.size) == ("Kota A", "a4")
    assert (dressing.pattern("kehadiran"), dressing.pattern("sptjm")) == ("2/{nomor}", "S/{nomor}")


def test_a_school_s_principal_signs_before_the_head_of_the_agency(office: Office, bkpsdm: User) -> None:
    school = make_unit(office.opd, "1.01.90", "SD Negeri 1", "sekolah")
    appoint_signer(unit=None, signer=head("Daerah"), actor=bkpsdm)
    appoint_signer(unit=office.opd, signer=head("Kepala Dinas"), actor=bkpsdm)
    appoint_signer(unit=school, signer=head("Kepala Sekolah"), actor=bkpsdm)
    assert dressing_of(office.opd, DAY).signers[Signer.Role.HEAD].name == "Kepala Dinas"
    assert dressing_of(office.opd, DAY, unit=school).signers[Signer.Role.HEAD].name == "Kepala Sekolah"
    other = make_opd("9.01", "Badan Lain")
    assert dressing_of(other, DAY).signers[Signer.Role.HEAD].name == "Daerah"


def test_the_holder_of_the_head_post_signs_where_nobody_is_recorded(office: Office, budi: Person) -> None:
    Position.objects.filter(pk=office.section_head.pk).update(unit=office.opd, office="kepala_opd")
    signer = dressing_of(office.opd, DAY).signers[Signer.Role.HEAD]
    assert (signer.name, signer.nip, signer.title) == ("Budi", budi.employee.nip, "Kepala Seksi")
    assert signer.rank == "Penata Tingkat I (III/d)"


def test_a_new_signer_ends_the_one_before_and_a_correction_of_the_same_day_replaces(
    office: Office, bkpsdm: User
) -> None:
    appoint_signer(unit=office.opd, signer=head("Satu"), actor=bkpsdm)
    appoint_signer(unit=office.opd, signer=head("Dua", date(2024, 7, 1)), actor=bkpsdm)
    appoint_signer(unit=office.opd, signer=head("Dua, S.E.", date(2024, 7, 1)), actor=bkpsdm)
    appoint_signer(unit=office.opd, signer=head("Sela", date(2024, 5, 1)), actor=bkpsdm)
    signed = [dressing_of(office.opd, day).signers[Signer.Role.HEAD].name for day in _days()]
    assert signed == ["Satu", "Sela", "Sela", "Dua, S.E."]
    assert AuditEvent.objects.filter(action="papers.signer_set").count() == 4


def _days() -> list[date]:
    return [date(2024, 4, 30), date(2024, 5, 1), date(2024, 6, 30), date(2024, 7, 1)]


def test_who_ends_signs_until_the_day_before(office: Office, bkpsdm: User) -> None:
    signer = appoint_signer(unit=office.opd, signer=head("Satu"), actor=bkpsdm)
    with pytest.raises(SettingsRefused):
        end_signer(uid=signer.uid, end=date(2024, 1, 1), actor=bkpsdm)
    end_signer(uid=signer.uid, end=DAY, actor=bkpsdm)
    assert Signer.Role.HEAD in dressing_of(office.opd, date(2024, 6, 5)).signers
    assert Signer.Role.HEAD not in dressing_of(office.opd, DAY).signers


def test_who_is_followed_while_being_ended_signs_until_the_follower(
    office: Office, bkpsdm: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = appoint_signer(unit=office.opd, signer=head("Satu"), actor=bkpsdm)
    honest = paper_settings._require

    def somebody_was_quicker(actor: User, unit: Unit | None) -> None:
        monkeypatch.setattr(paper_settings, "_require", honest)
        appoint_signer(unit=unit, signer=head("Dua", date(2024, 5, 1)), actor=actor)

    monkeypatch.setattr(paper_settings, "_require", somebody_was_quicker)
    end_signer(uid=signer.uid, end=DAY, actor=bkpsdm)
    signed = [dressing_of(office.opd, day).signers[Signer.Role.HEAD].name for day in _days()]
    assert signed == ["Satu", "Dua", "Dua", "Dua"]


def test_the_database_refuses_two_at_a_time_also_of_the_region(office: Office, bkpsdm: User) -> None:
    for unit in (None, office.opd):
        appoint_signer(unit=unit, signer=head("Satu"), actor=bkpsdm)
        with pytest.raises(IntegrityError), transaction.atomic():
            Signer.objects.create(
                unit=unit,
                role=Signer.Role.HEAD,
                name="Dua",
                title="Kepala",
                period=DateRange(DAY, None),
                recorded_by=bkpsdm,
            )


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("900/{tahun}", "pattern_without_number"),
        ("{nomor}/{kode}", "pattern_unknown"),
        ("{nomor}/{", "pattern_unknown"),
        ("{nomor.__class__}", "pattern_unknown"),
    ],
)
def test_a_pattern_that_cannot_be_filled_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        checked_pattern(pattern)
    assert refused.value.reason == reason


def test_a_number_is_filled_from_its_pattern() -> None:
    pattern = checked_pattern(" 900/{nomor}/{dokumen}/{opd}/{bulan}/{tahun} ")
    assert number_text(pattern, 7, paper="SPTJM", opd="4.01", dated=DAY) == "900/007/SPTJM/4.01/VI/2024"


def test_a_logo_is_a_picture_and_small(office: Office, bkpsdm: User, settings: Any, tmp_path: Any) -> None:
    settings.FILES_DIR = tmp_path
    with pytest.raises(FileRefused):
        set_letterhead(unit=None, letterhead=LetterheadInput(), logo=ContentFile(b"%PDF-1.7", "logo.pdf"), actor=bkpsdm)
    set_letterhead(unit=None, letterhead=LetterheadInput(), logo=ContentFile(PNG, "logo.png"), actor=bkpsdm)
    assert dressing_of(office.opd, DAY).letterhead.logo == ("image/png", PNG)
    set_letterhead(unit=None, letterhead=LetterheadInput(), logo=None, drop_logo=True, actor=bkpsdm)
    assert dressing_of(office.opd, DAY).letterhead.logo is None
    assert PaperSettings.objects.filter(unit__isnull=True).count() == 1


def test_an_operator_sets_the_own_opd_only(office: Office, with_role: Callable[..., User]) -> None:
    operator = with_role("operator_opd", opd=office.opd)
    appoint_signer(unit=office.unit, signer=head("Bidang"), actor=operator)
    for unit in (None, make_opd("9.01", "Badan Lain")):
        with pytest.raises(NotAllowed):
            appoint_signer(unit=unit, signer=head("Orang"), actor=operator)
        with pytest.raises(NotAllowed):
            set_letterhead(unit=unit, letterhead=LetterheadInput(), logo=None, actor=operator)
        with pytest.raises(NotAllowed):
            set_patterns(unit=unit, patterns={}, actor=operator)


def test_the_pages_set_show_and_sample(
    office: Office, bkpsdm: User, signed_in: Callable[..., Client], settings: Any, tmp_path: Any
) -> None:
    settings.FILES_DIR = tmp_path
    client = signed_in(bkpsdm)
    unit = f"?unit={office.opd.uid}"
    form = {
        "peran": Signer.Role.TREASURER,
        "nama": "Bendahara Contoh",
        "nip": "198001012005011002",
        "jabatan": "Bendahara",
        "mulai": "2024-01-01",
    }
    assert client.post(f"/dokumen/pengaturan/penanda-tangan/{unit}", form).status_code == 302
    wrong = client.post(f"/dokumen/pengaturan/penanda-tangan/{unit}", {**form, "nip": "12"})
    assert (wrong.status_code, "18 angka" in wrong.content.decode()) == (422, True)
    logo = {"pemerintah": "PEMERINTAH CONTOH", "lambang": ContentFile(PNG, "logo.png")}
    assert client.post(f"/dokumen/pengaturan/kop/{unit}", logo).status_code == 302
    refused = client.post(f"/dokumen/pengaturan/nomor/{unit}", {"sptjm": "tanpa"})
    assert (refused.status_code, "harus memuat {nomor}" in refused.content.decode()) == (422, True)
    assert client.post(f"/dokumen/pengaturan/nomor/{unit}", {"semua": "900/{nomor}"}).status_code == 302
    page = client.get(f"/dokumen/pengaturan/{unit}").content.decode()
    for words in ("Bendahara Contoh", "PEMERINTAH CONTOH", "900/{nomor}"):
        assert words in page
    sample = client.get(f"/dokumen/pengaturan/contoh.pdf{unit}")
    assert sample.content.startswith(b"%PDF")
    signer = Signer.objects.get()
    assert (
        client.post(f"/dokumen/pengaturan/penanda-tangan/{signer.uid}/akhiri/{unit}", {"sejak": ""}).status_code == 302
    )
    assert Signer.objects.get().period.upper is None
    client.post(f"/dokumen/pengaturan/penanda-tangan/{signer.uid}/akhiri/{unit}", {"sejak": "2024-06-01"})
    assert Signer.objects.get().period.upper == date(2024, 6, 1)


def test_an_operator_is_led_to_the_own_opd_and_reaches_no_other(
    office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    client = signed_in(with_role("operator_opd", opd=office.opd))
    assert client.get("/dokumen/pengaturan/")["Location"].endswith(f"?unit={office.opd.uid}")
    other = make_opd("9.01", "Badan Lain")
    for page in ("", "kop/", "nomor/", "penanda-tangan/", "contoh.pdf"):
        assert client.get(f"/dokumen/pengaturan/{page}?unit={other.uid}").status_code == 404
    assert client.get("/dokumen/pengaturan/kop/").status_code == 404
