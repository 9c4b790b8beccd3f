"""Stored examples by form: their facts, the figures that must come out, and what no longer fits."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.http import QueryDict
from django.test import Client

from kernel.accounts.models import User
from kernel.tenancy.state import RegionState
from kernel.testing.queries import assert_query_count
from tenants.rules.actions import copy_ready_set
from tenants.rules.editor import sheets
from tenants.rules.engine import dump
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tests.tenants.rules.editor.drafts import sent


@pytest.fixture
def author(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def client(author: User, signed_in: Callable[..., Client]) -> Client:
    return signed_in(author)


@pytest.fixture
def draft(manado: RegionState, author: User) -> StoredRuleSet:
    return copy_ready_set(code="manado", valid_from=date(2026, 1, 1), actor=author)


def pages(draft: StoredRuleSet, rest: str = "") -> str:
    return f"/aturan/{draft.uid}/ubah/contoh/{rest}"


def form_of(draft: StoredRuleSet, *, button: str = "simpan", **changed: str) -> QueryDict:
    rule_set = loaded(draft)
    tree = dump(rule_set)
    data = sent(sheets.example_sheet(tree, rule_set, 0, tree["examples"][0]).controls())
    data["sidik"] = draft.digest
    data["lakukan"] = button
    for name, value in changed.items():
        data[name.replace("__", "-")] = value
    return data


def words(response: object) -> str:
    html = response.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def test_the_list_says_which_fit_and_that_no_persons_data_is_taken(client: Client, draft: StoredRuleSet) -> None:
    text = words(assert_query_count("rules.examples", lambda: client.get(pages(draft))))
    assert "Cocok" in text
    assert "bukan data orang tertentu" in text
    assert "Tidak cocok" not in text


def test_facts_are_edited_by_form_and_the_figures_follow(client: Client, draft: StoredRuleSet) -> None:
    page = client.get(pages(draft, "0/")).content.decode()
    assert 'name="facts-month" value="2024-03"' in page
    data = form_of(draft, button="hitung", facts__golongan="IV/a")
    part = words(client.post(pages(draft, "0/"), data, headers={"HX-Request": "true"}))
    assert "Pajak 181.889 berubah:" in part
    assert "1 contoh tersimpan tidak cocok lagi." in part


def test_an_example_that_no_longer_fits_may_be_stored_and_is_told(client: Client, draft: StoredRuleSet) -> None:
    names = {name: value for name, value in form_of(draft).items() if name.startswith("expect-")}
    row = next(name for name, value in names.items() if value == "net").removesuffix("kunci")
    saved = client.post(pages(draft, "0/"), form_of(draft, **{f"{row}isi".replace("-", "__"): "3.419.522"}))
    assert saved.status_code == 302
    listed = words(client.get(pages(draft)))
    assert "Tidak cocok" in listed
    assert "TPP bersih: seharusnya 3419522, dihitung 3419521" in listed
    assert "belum memberi hasil yang benar" in words(client.get(f"/aturan/{draft.uid}/"))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"facts__month": "Maret"}, "Bulan: harus berbentuk TTTT-BB"),
        ({"facts__working_days": "banyak"}, "Hari kerja: “banyak” bukan bilangan bulat."),
        ({"facts__working_days": ""}, "Hari kerja: wajib"),
        ({"facts__attendance_ratio": "2"}, "Rasio kehadiran: rasio kehadiran adalah 0 sampai 1"),
        ({"name": ""}, "Nama contoh: wajib diisi"),
        ({"expect__0__isi": "satu"}, "Seharusnya: “satu” bukan angka"),
    ],
)
def test_what_is_wrong_in_an_example_is_said_beside_its_input(
    client: Client, draft: StoredRuleSet, changed: dict[str, str], expected: str
) -> None:
    answer = client.post(pages(draft, "0/"), form_of(draft, **changed))
    assert answer.status_code == 422
    assert expected in words(answer)
    before = draft.digest
    draft.refresh_from_db()
    assert draft.digest == before


def test_a_worked_example_becomes_a_stored_one_with_the_figures_of_the_draft(
    client: Client, draft: StoredRuleSet
) -> None:
    page = client.get(pages(draft, "baru/?dari=0")).content.decode()
    assert 'name="facts-month" value="2024-03"' in page
    assert re.search(r'name="expect-\d-isi" value="3\.419\.521"', page)
    count = len(loaded(draft).examples)
    data = form_of(draft, name="Contoh daerah sendiri")
    assert client.post(pages(draft, "baru/"), data).status_code == 302
    draft.refresh_from_db()
    assert [example.name for example in loaded(draft).examples][count:] == ["Contoh daerah sendiri"]


def test_the_figures_may_be_filled_in_from_the_draft(client: Client, draft: StoredRuleSet) -> None:
    data = form_of(draft, button="harapan", expect__0__isi="1")
    page = client.post(pages(draft, "0/"), data)
    assert "Cocokkan dengan naskah sebelum menyimpan." in words(page)
    assert 'name="expect-0-isi" value="1"' not in page.content.decode()
    incomplete = client.post(pages(draft, "0/"), form_of(draft, button="harapan", facts__month="x"))
    assert "belum dapat dihitung" in words(incomplete)


def test_an_example_is_removed(client: Client, draft: StoredRuleSet) -> None:
    count = len(loaded(draft).examples)
    stale = client.post(pages(draft, "0/hapus/"), {"sidik": "0" * 64}, follow=True)
    assert "Isian Anda belum tersimpan" in words(stale)
    client.post(pages(draft, "0/hapus/"), {"sidik": draft.digest})
    draft.refresh_from_db()
    assert len(loaded(draft).examples) == count - 1


def test_an_example_that_is_not_there_is_not_found(client: Client, draft: StoredRuleSet) -> None:
    assert client.get(pages(draft, "99/")).status_code == 404
    assert client.post(pages(draft, "99/hapus/"), {"sidik": draft.digest}).status_code == 404


def test_a_number_of_thousands_of_digits_is_no_example(client: Client, draft: StoredRuleSet) -> None:
    endless = "9" * 4500
    for page in (f"?contoh={endless}", f"contoh/baru/?dari={endless}", f"contoh/baru/?contoh={endless}"):
        assert client.get(f"/aturan/{draft.uid}/ubah/{page}").status_code == 200
