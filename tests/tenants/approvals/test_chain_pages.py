"""Chains on their pages: made, moved about, ended, and looked at for one employee."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.testing.queries import assert_query_count
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.models import Chain, ChainStep
from tenants.employees.models import Placement
from tests.cast import Office, Person
from tests.tenants.approvals.ladder import NOW, Ladder, make_ladder

By = ChainStep.Approver
LEAVE = "/kotak-masuk/rantai/attendance_leave/"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def admin(with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("bkpsdm"))


def version(*levels: dict[str, Any], **values: Any) -> dict[str, Any]:
    """What the form sends."""
    sent: dict[str, Any] = {
        "name": "Cuti bertingkat",
        "position_kind": "",
        "valid_from": "2026-12-01",
        "tingkat-TOTAL_FORMS": str(len(levels)),
        "tingkat-INITIAL_FORMS": str(len(levels)),
        **values,
    }
    for n, level in enumerate(levels):
        step = {
            "approver": "atasan_langsung",
            "days_to_decide": "5",
            "day_kind": "kalender",
            "fallback": "atasan_berikutnya",
            "after_deadline": "tunggu",
            **level,
        }
        sent |= {f"tingkat-{n}-{name}": value for name, value in step.items()}
    return sent


def test_a_version_with_conditions_and_deadlines_is_made(admin: Client) -> None:
    first = {"days_to_decide": "3", "day_kind": "kerja", "after_deadline": "atasan_berikutnya"}
    second = {"approver": "sekda", "measure_from": "12", "fallback": "bkpsdm", "only_exceptions": "on"}
    answer = admin.post(LEAVE, version(first, second, position_kind="pengawas"))
    assert answer.status_code == 302
    chain = Chain.objects.get(name="Cuti bertingkat")
    assert (chain.position_kind, chain.valid_from) == ("pengawas", date(2026, 12, 1))
    steps = chain.steps.order_by("level")
    assert list(steps.values_list("approver", "days_to_decide", "day_kind", "fallback", "after_deadline")) == [
        ("atasan_langsung", 3, "kerja", "atasan_berikutnya", "atasan_berikutnya"),
        ("sekda", 5, "kalender", "bkpsdm", "tunggu"),
    ]
    assert (str(steps[1].measure_from), steps[1].only_exceptions) == ("12.00", True)
    page = admin.get("/kotak-masuk/rantai/").content.decode()
    for words in ("Cuti bertingkat", "Akan berlaku", "mulai dari 12 hari", "hanya yang perlu diperiksa", "Pengawas"):
        assert words in page


def test_the_next_version_begins_with_the_levels_in_force(admin: Client) -> None:
    admin.post(LEAVE, version({}, {"approver": "sekda", "measure_from": "12"}, valid_from="2026-11-19"))
    form = admin.get(LEAVE).context
    assert [step["approver"].value() for step in form["steps"]] == ["atasan_langsung", "sekda"]
    assert form["steps"][1]["measure_from"].value() == 12
    assert form["form"]["name"].value() == "Cuti bertingkat"


@pytest.mark.parametrize(
    ("levels", "values", "words", "field"),
    [
        ([{"approver": "peran_opd"}], {}, "Pilih perannya.", "tingkat-0-role_code"),
        ([{"days_to_decide": "0"}], {}, "1", "tingkat-0-days_to_decide"),
        ([{"approver": ""}], {}, "", "tingkat-0-approver"),
        ([{"only_exceptions": "on"}], {}, "tanpa syarat", "tingkat-0-only_exceptions"),
        ([{}], {"valid_from": "2026-11-18"}, "paling cepat hari ini", "valid_from"),
        ([{}], {"name": ""}, "", "name"),
        ([], {}, "", ""),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_is_saved(
    admin: Client, levels: list[dict[str, Any]], values: dict[str, Any], words: str, field: str
) -> None:
    before = Chain.objects.count()
    answer = admin.post(LEAVE, version(*levels, **values))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    if field:
        assert f'id="error-id_{field}"' in page or f'id="id_{field}_error"' in page
    assert Chain.objects.count() == before


def test_a_measure_is_asked_only_of_documents_that_have_one_and_counting_only_of_employees(admin: Client) -> None:
    assert "measure_from" in admin.get(LEAVE).content.decode()
    assert "measure_from" not in admin.get("/kotak-masuk/rantai/activity/").content.decode()
    region = admin.get("/kotak-masuk/rantai/rule_set/").content.decode()
    assert "Dihitung tanpa keputusan" not in region
    assert "position_kind" not in region
    sent = version({"after_deadline": "dihitung"})
    assert admin.post("/kotak-masuk/rantai/rule_set/", sent).status_code == 422
    assert admin.get("/kotak-masuk/rantai/tidak-ada/").status_code == 404


def test_levels_are_added_moved_and_removed_without_saving(admin: Client) -> None:
    before = Chain.objects.count()
    sent = version({"approver": "sekda"}, {"approver": "kepala_opd", "days_to_decide": "7"})

    def after(change: str) -> list[str]:
        page = admin.post(LEAVE, {**sent, "ubah": change}, headers={"HX-Request": "true"})
        assert page.status_code == 200
        return [form["approver"].value() for form in page.context["steps"]]

    assert after("tambah") == ["sekda", "kepala_opd", "atasan_langsung"]
    assert after("naik-1") == ["kepala_opd", "sekda"]
    assert after("turun-0") == ["kepala_opd", "sekda"]
    assert after("hapus-0") == ["kepala_opd"]
    assert after("hapus-9") == after("naik-0") == after("x") == ["sekda", "kepala_opd"]
    page = admin.post(LEAVE, {**sent, "ubah": "naik-1"}).content.decode()
    assert 'value="Cuti bertingkat"' in page
    assert 'value="7"' in page
    assert Chain.objects.count() == before


def test_the_chain_of_one_kind_of_position_is_ended_and_the_general_one_cannot_be(admin: Client) -> None:
    lay_down_chain(
        document_kind="activity",
        position_kind="jpt",
        name="Pimpinan",
        valid_from=date(2024, 1, 1),
        steps=[StepInput(By.SEKDA)],
    )
    address = "/kotak-masuk/rantai/activity/akhiri/"
    assert "Akhiri rantai ini" in admin.get("/kotak-masuk/rantai/").content.decode()
    general = admin.post(address, {"valid_from": "2026-12-01"})
    assert general.status_code == 422
    assert "selalu memerlukan rantai" in general.content.decode()
    assert admin.post(f"{address}?jabatan=jpt", {"valid_from": "2026-12-01"}).status_code == 302
    assert Chain.objects.in_force("activity", date(2026, 12, 1), "jpt") == Chain.objects.in_force(
        "activity", date(2026, 12, 1)
    )
    again = admin.post(f"{address}?jabatan=jpt", {"valid_from": "2026-12-05"})
    assert "Tidak ada rantai yang dapat diakhiri" in again.content.decode()


def test_it_says_who_decides_for_an_employee_and_why(
    admin: Client, ani: Person, budi: Person, citra: Person, office: Office
) -> None:
    ladder: Ladder = make_ladder(office)
    lay_down_chain(
        document_kind="attendance_leave",
        name="Cuti",
        valid_from=date(2026, 1, 1),
        steps=[
            StepInput(By.DIRECT_SUPERIOR),
            StepInput(By.KEPALA_OPD, only_exceptions=True),
            StepInput(By.SEKDA),
            StepInput(By.BKPSDM),
        ],
    )
    asked = {"jenis": "attendance_leave", "pegawai": "Ani", "tanggal": "2026-11-19"}
    page = admin.get("/kotak-masuk/rantai/siapa/", asked).content.decode()
    for words in ("Budi", "Kepala Seksi", "Syarat tingkat ini tidak terpenuhi", "Sekretaris Daerah", "Pegawai bkpsdm"):
        assert words in page
    assert ladder.head.employee.name + "</b>" not in page
    assert "24 Nov 2026" in page
    odd = admin.get("/kotak-masuk/rantai/siapa/", {**asked, "perlu_diperiksa": "on"}).content.decode()
    assert ladder.head.employee.name + "</b>" in odd
    Placement.objects.filter(employee=budi.employee).delete()
    vacant = admin.get("/kotak-masuk/rantai/siapa/", asked).content.decode()
    assert "jabatan yang seharusnya memutuskan kosong" in vacant
    Placement.objects.create(
        employee=citra.employee, position=office.section_head, kind="plt", period=DateRange(date(2026, 1, 1), None)
    )
    assert "dijabat Plt/Plh" in admin.get("/kotak-masuk/rantai/siapa/", asked).content.decode()


def test_an_unclear_name_is_asked_again(admin: Client, ani: Person, budi: Person, citra: Person) -> None:
    asked = {"jenis": "activity", "pegawai": "i", "tanggal": "2026-11-19"}
    several = admin.get("/kotak-masuk/rantai/siapa/", asked).content.decode()
    assert "Pegawai yang mana?" in several
    assert budi.employee.nip in several
    nobody = admin.get("/kotak-masuk/rantai/siapa/", {**asked, "pegawai": "Zaenal"})
    assert nobody.status_code == 422
    assert "Tidak ada pegawai aktif" in nobody.content.decode()
    assert admin.get("/kotak-masuk/rantai/siapa/", {**asked, "tanggal": "kemarin"}).status_code == 422


def test_the_list_asks_a_committed_number_of_questions(admin: Client) -> None:
    for month in range(1, 9):
        lay_down_chain(
            document_kind="activity", name=f"V{month}", valid_from=date(2026, month, 1), steps=[StepInput(By.SEKDA)] * 3
        )
    admin.get("/kotak-masuk/rantai/")
    assert_query_count("approvals.chains", lambda: admin.get("/kotak-masuk/rantai/"))
