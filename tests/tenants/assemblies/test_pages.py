"""Calling people and seeing who came, as officials do it; and what a leader's phone asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.testing.queries import assert_query_count
from tenants.assemblies.models import Assembly
from tenants.rules.models import StoredRuleSet
from tests.cast import Office, Person, make_opd
from tests.tenants.assemblies.calls import MONDAY, apel, arrives, at, code_shown, on
from tests.tenants.attendance.week import documented

SignedIn = Callable[..., Client]
FRIDAY = date(2026, 10, 2)


@pytest.fixture
def operator(office: Office, with_role: Callable[..., User]) -> User:
    return with_role("operator_opd", opd=office.opd)


def form(office: Office, leader: Person, **more: object) -> dict[str, object]:
    return {
        "code": "UPACARA",
        "title": "Apel Senin",
        "date": str(MONDAY),
        "starts": "07:30",
        "ends": "08:00",
        "leader": leader.employee.nip,
        "units": [str(office.opd.uid)],
        **more,
    }


def test_an_operator_calls_the_own_opd(
    manado_rules: StoredRuleSet, office: Office, ani: Person, budi: Person, operator: User, signed_in: SignedIn
) -> None:
    client = signed_in(operator)
    with on(FRIDAY, "14:00"):
        answer = client.post("/apel/baru/", form(office, budi))
        assert answer.status_code == 302
        page = client.get(answer.headers["Location"]).content.decode()
    assert "Apel Senin" in page
    assert "Ani" in page
    made = Assembly.objects.get()
    assert (made.starts_at, made.is_inspection) == (at(MONDAY, "07:30"), False)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"leader": "123"}, "NIP tidak ditemukan di antara"),
        ({"people": "199001012015011999\n"}, "NIP tidak ditemukan: 199001012015011999"),
        ({"ends": "07:30"}, "sesudah mulainya"),
        ({"units": []}, "paling sedikit satu unit"),
        ({"date": "2026-10-01"}, "sudah lewat"),
    ],
)
def test_what_is_wrong_with_a_call_is_said_in_words(
    wrong: dict[str, object],
    words: str,
    manado_rules: StoredRuleSet,
    office: Office,
    budi: Person,
    operator: User,
    signed_in: SignedIn,
) -> None:
    with on(FRIDAY, "14:00"):
        answer = signed_in(operator).post("/apel/baru/", {**form(office, budi), **wrong})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_another_opds_people_are_not_called(
    manado_rules: StoredRuleSet, office: Office, budi: Person, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    stranger = with_role("operator_opd", opd=make_opd("1.09", "Dinas Lain"))
    with on(FRIDAY, "14:00"):
        assert signed_in(stranger).post("/apel/baru/", form(office, budi)).status_code == 422
    made = apel(leader=budi.employee, actor=stranger, people=[budi.employee])
    # Who called it sees it; who has nothing to do with it does not.
    assert signed_in(stranger).get(f"/apel/{made.uid}/").status_code == 200
    other = with_role("operator_opd", opd=make_opd("1.10", "Dinas Ketiga"))
    assert signed_in(other).get(f"/apel/{made.uid}/").status_code == 404


def test_the_result_tells_how_each_presence_is_known(
    manado_rules: StoredRuleSet, office: Office, ani: Person, budi: Person, operator: User, signed_in: SignedIn
) -> None:
    made = apel(leader=budi.employee, actor=operator, units=[office.unit])
    moment = at(MONDAY, "07:35")
    arrives(ani.employee, moment, code=code_shown(made, moment))
    client = signed_in(operator)
    with on(MONDAY, "08:30"):
        assert_query_count("assemblies.list", lambda: client.get("/apel/"))
        page = assert_query_count("assemblies.one", lambda: client.get(f"/apel/{made.uid}/")).content.decode()
        missing = client.get(f"/apel/{made.uid}/?keadaan=missed").content.decode()
        marked = client.post(
            f"/apel/{made.uid}/catat/",
            {"state": "excused", "reason": "Menjaga loket", "orang": str(budi.employee.uid)},
        )
        after = client.get(f"/apel/{made.uid}/?keadaan=excused").content.decode()
    assert "kode apel, 07.35" in page
    assert "Ani" not in missing
    assert "tidak ada tanda hadir" in missing
    assert marked.status_code == 302
    assert "Menjaga loket" in after


def test_who_was_on_leave_is_excused_by_the_document(
    manado_rules: StoredRuleSet, office: Office, ani: Person, budi: Person, operator: User, signed_in: SignedIn
) -> None:
    made = apel(leader=budi.employee, actor=operator, units=[office.unit])
    documented(ani.employee, "C", MONDAY, MONDAY + timedelta(days=1), label="Cuti tahunan")
    documented(budi.employee, "S", MONDAY, MONDAY + timedelta(days=1), label="Sakit", state="submitted")
    with on(MONDAY, "08:30"):
        excused = signed_in(operator).get(f"/apel/{made.uid}/?keadaan=excused").content.decode()
        missing = signed_in(operator).get(f"/apel/{made.uid}/?keadaan=missed").content.decode()
    assert "Cuti tahunan" in excused
    assert "Budi" in missing
    assert "Sakit" not in missing


def test_a_mark_without_a_name_or_a_reason_is_refused_beside_the_form(
    manado_rules: StoredRuleSet, office: Office, ani: Person, operator: User, signed_in: SignedIn
) -> None:
    made = apel(leader=ani.employee, actor=operator, units=[office.unit])
    with on(MONDAY, "08:30"):
        answer = signed_in(operator).post(f"/apel/{made.uid}/catat/", {"state": "missed", "reason": "Kertas"})
        assert answer.status_code == 422
        assert "Centang paling sedikit satu" in answer.content.decode()
        nobody = signed_in(operator).post(f"/apel/{made.uid}/catat/", {"orang": str(ani.employee.uid)})
        assert nobody.status_code == 422


def test_the_lists_of_a_refused_mark_still_lead_to_the_assembly(
    manado_rules: StoredRuleSet, office: Office, ani: Person, operator: User, signed_in: SignedIn
) -> None:
    made = apel(leader=ani.employee, actor=operator, units=[office.unit])
    with on(MONDAY, "08:30"):
        page = signed_in(operator).post(f"/apel/{made.uid}/catat/", {"state": "missed"}).content.decode()
        tabs = page[page.index('class="tabs"') : page.index("</nav>", page.index('class="tabs"'))]
        addresses = re.findall(r'href="([^"]+)"', tabs)
        assert len(addresses) == 4
        assert {signed_in(operator).get(address).status_code for address in addresses} == {200}


def test_without_a_rule_about_apels_there_is_nothing_to_fill_in(
    office: Office, operator: User, signed_in: SignedIn
) -> None:
    page = signed_in(operator).get("/apel/baru/").content.decode()
    assert "Aturan daerah tidak mengenal apel" in page
    assert 'name="leader"' not in page


def test_a_sidak_is_called_by_the_inspectorate_and_hidden_until_it_begins(
    manado_rules: StoredRuleSet,
    office: Office,
    ani: Person,
    budi: Person,
    operator: User,
    with_role: Callable[..., User],
    signed_in: SignedIn,
) -> None:
    inspector = with_role("inspektorat")
    with on(FRIDAY, "14:00"):
        assert signed_in(inspector).post("/apel/baru/", form(office, budi, title="Sidak")).status_code == 302
        made = Assembly.objects.get()
        assert made.is_inspection
        assert signed_in(operator).get(f"/apel/{made.uid}/").status_code == 404
        assert "Sidak" not in signed_in(operator).get("/apel/").content.decode()
        assert signed_in(inspector).get(f"/apel/{made.uid}/").status_code == 200
    with on(MONDAY, "07:31"):
        assert "Sidak" in signed_in(operator).get("/apel/").content.decode()
        # An operator of the OPD calls nothing of the inspectorate's off.
        refused = signed_in(operator).post(f"/apel/{made.uid}/batal/", {"reason": "-"})
        assert refused.status_code == 403
        assert signed_in(inspector).post(f"/apel/{made.uid}/batal/", {"reason": "Salah kantor"}).status_code == 302


def test_the_leaders_phone_gets_secret_and_names_and_nobody_elses_does(
    manado_rules: StoredRuleSet, office: Office, ani: Person, budi: Person, operator: User, signed_in: SignedIn
) -> None:
    made = apel(leader=budi.employee, actor=operator, units=[office.unit])
    with on(MONDAY, "06:30"):
        led = signed_in(budi.user).get("/absen/apel/pimpin/daftar/").json()
        told = signed_in(budi.user).post(f"/absen/apel/{made.uid}/kunci/").json()
        assert signed_in(ani.user).get("/absen/apel/pimpin/daftar/").json()["assemblies"] == []
        assert signed_in(ani.user).post(f"/absen/apel/{made.uid}/kunci/").status_code == 404
    assert [one["title"] for one in led["assemblies"]] == ["Apel Senin"]
    assert {name for _uid, _nip, name in told["people"]} == {"Ani", "Budi"}
    assert told["owner"] == str(budi.employee.uid)
    assert AuditEvent.objects.filter(action="assemblies.secret_taken").count() == 1
