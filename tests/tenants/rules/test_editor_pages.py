"""The editor's pages: what is typed is computed, refused in words beside its input, saved whole or not at all."""

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
from tenants.rules.actions import copy_ready_set, save_draft
from tenants.rules.editor import sheets
from tenants.rules.engine import dump
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tests.tenants.rules.editor.drafts import sent

SignedIn = Callable[..., Client]
LATE = "disiplin.terlambat"


@pytest.fixture
def author(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def client(author: User, signed_in: SignedIn) -> Client:
    return signed_in(author)


@pytest.fixture
def draft(manado: RegionState, author: User) -> StoredRuleSet:
    return copy_ready_set(code="manado", valid_from=date(2026, 1, 1), actor=author)


def address(draft: StoredRuleSet, node_id: str = "") -> str:
    return f"/aturan/{draft.uid}/ubah/" + (f"ketentuan/{node_id}/" if node_id else "")


def form_of(draft: StoredRuleSet, node_id: str = "", *, button: str = "simpan", **changed: str) -> QueryDict:
    """What a browser sends of the form as it stands; two underscores stand for a dash in a name."""
    tree = dump(loaded(draft))
    sheet = sheets.node_sheet(tree, node_id) if node_id else sheets.own_sheet(tree)
    data = sent(sheet.controls())
    data["sidik"] = draft.digest
    data["lakukan"] = button
    if not node_id:
        data["mulai"] = "2026-01"
    for name, value in changed.items():
        data[name.replace("__", "-")] = value
    return data


def words(response: object) -> str:
    """The page's text without tags and doubled blanks."""
    html = response.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def node_id_of(draft: StoredRuleSet, kind: str) -> str:
    return next(node.id for _depth, node in loaded(draft).walk() if node.kind == kind)


def test_the_editor_shows_tree_form_and_worked_example(client: Client, draft: StoredRuleSet) -> None:
    page = assert_query_count("rules.edit-node", lambda: client.get(address(draft, LATE)))
    html = page.content.decode()
    assert 'aria-current="page"' in html
    assert 'name="bands-0-points" value="1"' in html
    text = words(page)
    for expected in ("Susunan aturan", "Terlambat masuk kerja", "TPP bersih", "3.419.521", "tafsiran"):
        assert expected in text


def test_no_page_of_the_editor_shows_the_written_rule_set(client: Client, draft: StoredRuleSet) -> None:
    for path in (address(draft), address(draft, LATE), address(draft, "pagu"), f"{address(draft)}contoh/0/"):
        text = words(client.get(path))
        for code in ("deduction_score", "event_tier", "half_up", "position_categories", "{", "from_minute"):
            assert code not in text, path


def test_typing_is_computed_and_nothing_is_saved(client: Client, draft: StoredRuleSet) -> None:
    absent = "disiplin.tanpa_keterangan"
    data = form_of(draft, absent, button="hitung", points="5,5")
    part = assert_query_count(
        "rules.edit-worked", lambda: client.post(address(draft, absent), data, headers={"HX-Request": "true"})
    )
    text = words(part)
    assert "<html" not in part.content.decode()
    assert "1 contoh tersimpan tidak cocok lagi." in text
    assert "3.419.521 berubah: 3.632.256" in text
    draft.refresh_from_db()
    assert draft.revisions.count() == 1


def test_the_example_is_computed_without_script_too(client: Client, draft: StoredRuleSet) -> None:
    absent = "disiplin.tanpa_keterangan"
    page = client.post(address(draft, absent), form_of(draft, absent, button="hitung", points="5,5"))
    assert page.status_code == 200
    assert "3.632.256" in words(page)
    assert 'name="points" value="5,5"' in page.content.decode()


def test_a_save_is_a_revision_and_marks_the_node(client: Client, draft: StoredRuleSet) -> None:
    saved = client.post(address(draft, LATE), form_of(draft, LATE, bands__0__points="1,5"), follow=True)
    assert "Draf tersimpan." in words(saved)
    draft.refresh_from_db()
    assert 'points: "1.5"' in draft.text.replace("'", '"')
    latest = draft.revisions.order_by("-number")[0]
    assert (latest.number, latest.what) == (2, "Mengubah “Terlambat masuk kerja”")
    assert "berubah" in words(client.get(address(draft, LATE)))


def problem(client: Client, draft: StoredRuleSet, node_id: str, **changed: str) -> str:
    """The refusal's page; nothing may have been stored."""
    answer = client.post(address(draft, node_id), form_of(draft, node_id, **changed))
    assert answer.status_code == 422
    before = draft.digest
    draft.refresh_from_db()
    assert draft.digest == before
    text = words(answer)
    for code in ("part_weight", "deduction_score", "children", "below", "at_least", "out_of", "as_code"):
        assert code not in text
    return text


@pytest.mark.parametrize(
    ("node_id", "changed", "expected"),
    [
        (LATE, {"bands__0__points": "satu"}, "Poin: “satu” bukan angka. Contoh: 1.250.000 atau 0,5."),
        (LATE, {"bands__0__points": "101"}, "Poin: 101 di luar batas 0 sampai 100"),
        (LATE, {"bands__0__points": ""}, "Poin: wajib diisi"),
        (LATE, {"bands__0__code": "tmk 1"}, "Kode: penulisannya: huruf besar, angka atau garis bawah"),
        (LATE, {"bands__1__from": "30"}, "Dari menit: rentang bertumpang tindih"),
        (LATE, {"bands__1__from": "40"}, "Dari menit: ada celah antara 30 dan 40"),
        (LATE, {"bands__2__to": "90"}, "Sampai menit: tingkat terakhir harus terbuka"),
        (LATE, {"bands__0__from": "2,5"}, "Dari menit: “2,5” bukan bilangan bulat."),
        (LATE, {"bands__1__points": "0,5"}, "Poin: tingkat lebih berat tidak boleh berpoin lebih kecil"),
        (LATE, {"clause__text": ""}, "Bunyi ketentuan: wajib diisi"),
        (LATE, {"label": " "}, "Nama ketentuan: wajib diisi"),
        (LATE, {"tolerance_seconds": "99"}, "Toleransi: paling besar 59"),
        ("pagu", {"amounts__0__values__1__kunci": "6"}, "Kelas: ditulis dua kali"),
        ("pagu", {"amounts__0__values__0__kunci": "19"}, "Kelas: paling besar 17"),
        ("pagu", {"amounts__1__position_categories": "umum"}, "sudah ada pada baris"),
        ("disiplin", {"bobot__0": "50"}, "berjumlah"),
    ],
)
def test_what_is_wrong_is_said_beside_its_input(
    client: Client, draft: StoredRuleSet, node_id: str, changed: dict[str, str], expected: str
) -> None:
    assert expected in problem(client, draft, node_id, **changed)


def test_a_refused_save_keeps_what_was_typed_and_links_each_fault(client: Client, draft: StoredRuleSet) -> None:
    answer = client.post(address(draft, LATE), form_of(draft, LATE, bands__0__points="satu", label="Nama baru"))
    html = answer.content.decode()
    assert 'value="Nama baru"' in html
    assert 'value="satu"' in html
    assert 'href="#f-bands-0-points"' in html
    assert 'aria-describedby="f-bands-0-points-error" aria-invalid="true"' in html


def test_a_fault_in_another_node_is_named_with_its_link(client: Client, draft: StoredRuleSet) -> None:
    missing = node_id_of(draft, "missing_punch")
    uses = next(node for _depth, node in loaded(draft).walk() if node.id == missing)
    code = uses.model_dump()["as_code"] or uses.model_dump()["code"]
    other = next(node for _depth, node in loaded(draft).walk() if node.kind == "event_tier" and code not in str(node))
    answer = client.post(address(draft, other.id), form_of(draft, other.id, bands__0__code=code))
    assert answer.status_code == 422
    assert f"kode {code} sudah dihitung oleh" in words(answer)


def test_a_stale_save_is_told_by_whom_and_keeps_the_input(
    client: Client, draft: StoredRuleSet, with_role: Callable[..., User]
) -> None:
    data = form_of(draft, LATE, bands__0__points="1,5")
    other = with_role("bkpsdm")
    tree = dump(loaded(draft)) | {"source": "Diubah orang lain."}
    save_draft(uid=draft.uid, seen=draft.digest, tree=tree, what="Data aturan", actor=other)
    answer = client.post(address(draft, LATE), data)
    assert answer.status_code == 409
    text = words(answer)
    assert f"{other} menyimpan draf ini" in text
    assert "Isian Anda belum tersimpan." in text
    assert 'value="1,5"' in answer.content.decode()
    # Saving again after being told keeps the other's change beside one's own.
    draft.refresh_from_db()
    data["sidik"] = draft.digest
    assert client.post(address(draft, LATE), data).status_code == 302
    draft.refresh_from_db()
    assert loaded(draft).source == "Diubah orang lain."


def test_the_same_sent_twice_is_one_save(client: Client, draft: StoredRuleSet) -> None:
    data = form_of(draft, LATE, bands__0__points="1,5")
    for _twice in range(2):
        assert client.post(address(draft, LATE), data).status_code == 302
    assert draft.revisions.count() == 2


def test_another_way_of_computing_brings_its_own_inputs(client: Client, draft: StoredRuleSet) -> None:
    data = form_of(draft, "bpjs", button="ganti", rule__mode="consent_percent")
    page = client.post(address(draft, "bpjs"), data)
    assert page.status_code == 200
    html = page.content.decode()
    assert 'name="rule-flag"' in html
    assert 'name="rule-ceiling"' not in html
    saved = client.post(address(draft, "bpjs"), form_of(draft, "bpjs", rule__mode="consent_percent"))
    assert "Tanda pada pegawai: wajib diisi" in words(saved)


def test_a_refused_save_does_not_hide_that_somebody_saved_meanwhile(
    client: Client, draft: StoredRuleSet, author: User
) -> None:
    seen = draft.digest
    data = form_of(draft, LATE, bands__0__points="satu")
    tree = dump(loaded(draft)) | {"source": "Diubah."}
    save_draft(uid=draft.uid, seen=seen, tree=tree, what="Data aturan", actor=author)
    assert f'name="sidik" value="{seen}"' in client.post(address(draft, LATE), data).content.decode()


def test_rows_are_added_raised_and_removed_without_script(client: Client, draft: StoredRuleSet) -> None:
    more = client.post(address(draft, LATE), form_of(draft, LATE, button="tambah:bands")).content.decode()
    assert 'name="bands-3-code" value=""' in more
    raised = client.post(address(draft, LATE), form_of(draft, LATE, button="naik:bands-1")).content.decode()
    assert 'name="bands-0-code" value="TMK2"' in raised
    fewer = client.post(address(draft, LATE), form_of(draft, LATE, button="hapus:bands-0")).content.decode()
    assert 'name="bands-0-code" value="TMK2"' in fewer
    assert 'name="bands-2-code"' not in fewer
    draft.refresh_from_db()
    assert draft.revisions.count() == 1


def test_pasted_rows_are_checked_shown_and_only_then_filled_in(client: Client, draft: StoredRuleSet) -> None:
    name = "bands"
    text = "Kode\tNama tingkat\tDari menit\tSampai menit\tPoin\nTMK1\tSedikit\t1\t30\t0.5\nTMK2\tBanyak\t20\t\t2"
    data = form_of(draft, LATE, button=f"tempel:{name}", tempel__bands=text)
    refused = client.post(address(draft, LATE), data)
    assert refused.status_code == 422
    said = words(refused)
    assert "rentang bertumpang tindih: 20 sudah termasuk rentang sampai 30" in said
    assert "Belum ada yang diisikan." in said
    assert 'name="bands-2-code"' in refused.content.decode()
    data["tempel-bands"] = text.replace("\t20\t", "\t31\t")
    good = client.post(address(draft, LATE), data)
    assert good.status_code == 200
    assert "Isikan 2 baris" in words(good)
    assert 'name="bands-2-code"' in good.content.decode()
    data["lakukan"] = f"isi:{name}"
    filled = client.post(address(draft, LATE), data).content.decode()
    assert 'name="bands-0-points" value="0,5"' in filled
    assert 'name="bands-2-code"' not in filled
    draft.refresh_from_db()
    assert draft.revisions.count() == 1


def test_a_pasted_table_is_never_filled_in_by_half(client: Client, draft: StoredRuleSet) -> None:
    data = form_of(draft, "pagu", button="isi:amounts-0-values", tempel__amounts__0__values="6\t2.600.000\n7\ttujuh")
    answer = client.post(address(draft, "pagu"), data)
    assert answer.status_code == 422
    assert 'value="2.581.000"' in answer.content.decode()
    assert "“tujuh” bukan angka" in words(answer)


def test_the_weights_of_a_whole_part_are_saved_together(client: Client, draft: StoredRuleSet) -> None:
    page = client.get(address(draft, "disiplin")).content.decode()
    fields = re.findall(r'name="(bobot-\d)" value="([\d,]+)"', page)
    assert len(fields) >= 4
    assert "Bobot semua komponen" in page


def test_a_node_is_added_only_when_it_is_whole(client: Client, draft: StoredRuleSet) -> None:
    choose = client.get(f"{address(draft)}tambah/?di=disiplin.nilai")
    assert "Tidak masuk per jenis" in words(choose)
    assert "Besaran per kelas jabatan" not in words(choose)
    path = f"{address(draft)}tambah/?di=disiplin.nilai&jenis=absence_day"
    data = QueryDict(mutable=True)
    data.update({"lakukan": "simpan", "sidik": draft.digest, "label": "Cuti besar (CBS)", "code": "CBS"})
    data.update({"trigger": "document", "points": "2", "base": "part", "of": "full", "credit_minutes": "0"})
    refused = client.post(path, data)
    assert refused.status_code == 422
    assert "Bunyi ketentuan: wajib diisi" in words(refused)
    draft.refresh_from_db()
    assert "CBS" not in draft.text
    data.update({"clause-text": "Cuti besar 2 poin sehari.", "clause-reference": "Perwali pasal 9"})
    added = client.post(path, data)
    assert added.status_code == 302
    assert "cuti_besar_cbs" in added["Location"]
    draft.refresh_from_db()
    assert loaded(draft).node("disiplin.nilai.cuti_besar_cbs").label == "Cuti besar (CBS)"


def test_only_kinds_that_may_stand_there_can_be_added(client: Client, draft: StoredRuleSet) -> None:
    for query in ("di=disiplin.nilai&jenis=deduction", "jenis=class_amounts", "di=tidak_ada", "salin=tidak_ada"):
        assert client.get(f"{address(draft)}tambah/?{query}").status_code == 404


def test_a_copy_starts_from_the_node_under_a_code_of_its_own(client: Client, draft: StoredRuleSet) -> None:
    page = client.get(f"{address(draft)}tambah/?salin=disiplin.sakit").content.decode()
    assert 'name="code" value="S_2"' in page


def test_nodes_are_moved(client: Client, draft: StoredRuleSet) -> None:
    order = [node.id for node in loaded(draft).nodes]
    client.post(f"{address(draft, order[1])}pindah/", {"sidik": draft.digest, "arah": "naik"})
    draft.refresh_from_db()
    assert [node.id for node in loaded(draft).nodes][:2] == [order[1], order[0]]


def test_removing_tells_what_hangs_on_it_and_refuses_what_cannot_go(client: Client, draft: StoredRuleSet) -> None:
    absent = "disiplin.tanpa_keterangan"
    preview = client.get(f"{address(draft, absent)}hapus/")
    assert "Contoh “" in words(preview)
    client.post(f"{address(draft, absent)}hapus/", {"sidik": draft.digest})
    draft.refresh_from_db()
    assert absent not in draft.text
    table = client.get(f"{address(draft, 'pagu')}hapus/")
    assert "Belum dapat dihapus" in words(table)
    refused = client.post(f"{address(draft, 'pagu')}hapus/", {"sidik": draft.digest}, follow=True)
    assert "Besaran per kelas jabatan" in words(refused)
    draft.refresh_from_db()
    assert "id: pagu" in draft.text


def test_a_stale_change_of_structure_is_refused(client: Client, draft: StoredRuleSet) -> None:
    answer = client.post(f"{address(draft, 'pagu')}pindah/", {"sidik": "0" * 64, "arah": "turun"}, follow=True)
    assert "Isian Anda belum tersimpan" in words(answer)


def test_a_criterion_comes_with_the_part_that_pays_for_it(client: Client, author: User, manado: RegionState) -> None:
    draft = copy_ready_set(code="pakpak_bharat", valid_from=date(2026, 1, 1), actor=author)
    data = form_of(draft)
    number = len(loaded(draft).criteria)
    for field, value in {"kunci": "KP", "label": "Kelangkaan profesi", "account": "", "komponen": "+"}.items():
        data[f"criteria-{number}-{field}"] = value
    assert client.post(address(draft), data).status_code == 302
    draft.refresh_from_db()
    rule_set = loaded(draft)
    assert rule_set.criteria["KP"].label == "Kelangkaan profesi"
    assert [node.label for node in rule_set.nodes if "KP" in (getattr(node, "criteria", None) or ())] == [
        "Kelangkaan profesi"
    ]


def test_the_period_is_edited_and_a_reversed_one_refused(client: Client, draft: StoredRuleSet) -> None:
    refused = client.post(address(draft), form_of(draft, mulai="2026-05", akhir="2026-04"))
    assert refused.status_code == 422
    assert "Bulan terakhir sebelum bulan mulai." in words(refused)
    assert client.post(address(draft), form_of(draft, mulai="2026-05", akhir="2026-12")).status_code == 302
    draft.refresh_from_db()
    assert (draft.valid_from, draft.valid_to) == (date(2026, 5, 1), date(2027, 1, 1))


def test_a_published_version_has_no_editor(client: Client, manado_rules: StoredRuleSet) -> None:
    answer = client.get(address(manado_rules, "pagu"))
    assert answer.status_code == 409
    assert "tidak dapat diubah lagi" in words(answer)
