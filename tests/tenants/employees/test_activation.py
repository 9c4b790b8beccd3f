"""Codes on paper, and the first password set with one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.accounts.codes import MOST_ATTEMPTS, use_code
from kernel.accounts.errors import CodeRefused
from kernel.accounts.models import EntryCode, User
from kernel.audit.models import AuditEvent
from kernel.watching import account_print
from tenants.employees.activation import IssuedCode, make_codes
from tenants.employees.models import Employee
from tests.cast import PASSWORD, Office, Person, make_employee, make_nip
from tests.told import told

GOOD = "sandi-Baru-yang-panjang-7"


@pytest.fixture
def newcomer(office: Office) -> Employee:
    """Imported, never logged in."""
    nip = make_nip(301)
    user = User.objects.create(login=nip, display_name="Orang Baru", password=make_password(None))
    return make_employee("Orang Baru", office.staff, nip=nip, user=user)


@pytest.fixture
def issued(newcomer: Employee, with_role: Callable[..., User]) -> IssuedCode:
    return make_codes(employees=[newcomer], actor=with_role("bkpsdm"))[0]


def user_of(employee: Employee) -> User:
    assert employee.user_id is not None
    return User.objects.get(pk=employee.user_id)


def form(employee: Employee, code: str, **fields: str) -> dict[str, str]:
    return {"nip": employee.nip, "code": code, "password": GOOD, "again": GOOD, **fields}


def test_the_operator_prints_codes_for_those_without_a_password(
    newcomer: Employee, ani: Person, office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    client = signed_in(with_role("operator_opd", opd=office.opd))
    page = client.post("/pegawai/kode/", {"opd": str(office.opd.uid)})
    text = page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0")
    assert "Orang Baru" in text
    assert ">Ani<" not in text
    code = re.findall(r"\b[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{3}\b", text)
    assert len(code) == 1
    assert use_code(login=newcomer.nip, code=code[0], password=GOOD) == user_of(newcomer)
    assert client.post("/pegawai/kode/", {"opd": str(office.opd.uid)}).status_code == 422


def test_the_person_sets_a_password_and_logs_in(
    issued: IssuedCode, newcomer: Employee, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(None)
    assert client.get("/aktivasi/").status_code == 200
    answer = client.post("/aktivasi/", form(newcomer, issued.code.lower().replace("-", " ")))
    assert answer.headers["Location"] == "/masuk/"
    assert user_of(newcomer).check_password(GOOD)
    assert AuditEvent.objects.filter(action="employees.activated").exists()
    assert client.post("/masuk/", {"login": newcomer.nip, "password": GOOD}).status_code == 302


def test_a_code_works_once(issued: IssuedCode, newcomer: Employee) -> None:
    use_code(login=newcomer.nip, code=issued.code, password=GOOD)
    with pytest.raises(CodeRefused):
        use_code(login=newcomer.nip, code=issued.code, password=GOOD + "x")
    assert user_of(newcomer).check_password(GOOD)
    (reused,) = told("authn_token_reuse")
    assert (reused["subject"], reused["facts"]) == (account_print(newcomer.nip), {"what": "activation"})
    assert issued.code not in str(reused)


def test_a_wrong_code_after_the_right_one_is_no_reuse(issued: IssuedCode, newcomer: Employee) -> None:
    use_code(login=newcomer.nip, code=issued.code, password=GOOD)
    with pytest.raises(CodeRefused):
        use_code(login=newcomer.nip, code="AAAAA-AAAAA-AAA", password=GOOD + "x")
    assert told("authn_token_reuse") == []


def test_a_new_code_ends_the_one_before(issued: IssuedCode, newcomer: Employee, with_role: Callable[..., User]) -> None:
    again = make_codes(employees=[newcomer], actor=with_role("bkpsdm"))[0]
    with pytest.raises(CodeRefused):
        use_code(login=newcomer.nip, code=issued.code, password=GOOD)
    assert use_code(login=newcomer.nip, code=again.code, password=GOOD).pk == newcomer.user_id


def test_a_code_expires(issued: IssuedCode, newcomer: Employee) -> None:
    with clock.at(issued.expires_at), pytest.raises(CodeRefused):
        use_code(login=newcomer.nip, code=issued.code, password=GOOD)
    with clock.at(issued.expires_at - timedelta(seconds=1)):
        use_code(login=newcomer.nip, code=issued.code, password=GOOD)


def test_every_refusal_says_the_same_and_asks_the_database_the_same(
    issued: IssuedCode, newcomer: Employee, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(None)

    def refused(nip: str, code: str) -> tuple[int, str, list[str]]:
        with CaptureQueriesContext(connection) as captured:
            answer = client.post("/aktivasi/", form(newcomer, code, nip=nip))
        page = re.sub(r'value="[^"]*"|nonce="[^"]*"|[0-9a-f]{32}', "", answer.content.decode())
        return answer.status_code, page, [re.sub(r"\d+|'[^']*'", "?", query["sql"]) for query in captured]

    wrong, unknown = refused(newcomer.nip, "AAAAA-AAAAA-AAA"), refused(make_nip(999), issued.code)
    assert wrong == unknown
    assert (wrong[0], "NIP atau kode aktivasi tidak cocok" in wrong[1]) == (422, True)


def test_wrong_codes_are_slowed_down_and_strangers_do_not_use_up_the_code(
    issued: IssuedCode, newcomer: Employee, signed_in: Callable[..., Client]
) -> None:
    client, moment = signed_in(None), clock.now()
    for tries in range(12):
        with clock.at(moment + timedelta(minutes=tries)):
            client.post("/aktivasi/", form(newcomer, "AAAAA-AAAAA-AAA"))
            early = client.post("/aktivasi/", form(newcomer, issued.code))
        assert "Tunggu" in early.content.decode()
    with clock.at(moment + timedelta(minutes=12)):
        assert client.post("/aktivasi/", form(newcomer, issued.code)).status_code == 302


def test_a_thousand_wrong_codes_end_it_also_without_a_cache(issued: IssuedCode, newcomer: Employee) -> None:
    EntryCode.objects.update(failed_attempts=MOST_ATTEMPTS - 1)
    with pytest.raises(CodeRefused):
        use_code(login=newcomer.nip, code="AAAAA-AAAAA-AAA", password=GOOD)
    with pytest.raises(CodeRefused):
        use_code(login=newcomer.nip, code=issued.code, password=GOOD)


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"password": "pendek", "again": "pendek"}, "12"), ({"again": "lain-sama-sekali"}, "tidak sama")],
)
def test_a_weak_or_mistyped_password_leaves_the_code_good(
    issued: IssuedCode, newcomer: Employee, signed_in: Callable[..., Client], fields: dict[str, str], words: str
) -> None:
    answer = signed_in(None).post("/aktivasi/", form(newcomer, issued.code, **fields))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    use_code(login=newcomer.nip, code=issued.code, password=GOOD)


def test_one_who_forgot_gets_a_code_and_the_old_password_ends_with_it(
    ani: Person, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    own = signed_in(ani.user)
    page = signed_in(with_role("bkpsdm")).post(f"/pegawai/{ani.employee.uid}/kode/").content.decode()
    code = re.findall(r"\b[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{3}\b", page)[0]
    assert user_of(ani.employee).check_password(PASSWORD)
    use_code(login=ani.employee.nip, code=code, password=GOOD)
    assert not user_of(ani.employee).check_password(PASSWORD)
    assert own.get("/pegawai/").headers["Location"].startswith("/masuk/")


def test_a_code_of_one_region_is_nothing_in_another(
    issued: IssuedCode, newcomer: Employee, signed_in: Callable[..., Client]
) -> None:
    answer = signed_in(None, "banjarmasin").post("/aktivasi/", form(newcomer, issued.code))
    assert answer.status_code == 422


def test_the_code_itself_is_nowhere_kept(issued: IssuedCode) -> None:
    row: Any = EntryCode.objects.values().get()
    assert issued.code.replace("-", "") not in str(row)
    assert issued.code not in str(list(AuditEvent.objects.values()))


def test_a_thousand_codes_need_few_statements(
    office: Office, with_role: Callable[..., User], django_assert_max_num_queries: Any
) -> None:
    users = User.objects.bulk_create(
        User(login=f"19600101198503{1 + n // 999}{1 + n % 999:03d}", display_name=f"Orang {n}", password="!x")
        for n in range(1000)
    )
    people = Employee.objects.bulk_create(Employee(nip=user.login, name=user.display_name, user=user) for user in users)
    actor = with_role("bkpsdm")
    with django_assert_max_num_queries(5):
        codes = make_codes(employees=people, actor=actor)
    assert len({one.code for one in codes}) == 1000


def test_a_code_for_somebody_with_power_comes_only_from_the_regions_account_managers(
    newcomer: Employee, citra: Person, office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    User.objects.filter(pk=citra.user.pk).update(password=make_password(None))
    opd_operator = signed_in(with_role("operator_opd", opd=office.opd))
    assert opd_operator.post(f"/pegawai/{citra.employee.uid}/kode/").status_code == 403
    page = opd_operator.post("/pegawai/kode/", {"opd": str(office.opd.uid)}).content.decode()
    assert "Tanpa kode" in page
    assert list(EntryCode.objects.values_list("user_id", flat=True)) == [newcomer.user_id]
    assert signed_in(with_role("bkpsdm")).post(f"/pegawai/{citra.employee.uid}/kode/").status_code == 200
