"""A draft's other pages: regulation, history, comparison, copy, signatures, and who reads the regulation's file."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel.accounts.models import User
from kernel.tenancy.state import RegionState
from kernel.testing.queries import assert_query_count
from tenants.rules.actions import copy_ready_set, copy_to_draft, save_draft, sign_rule_set
from tenants.rules.engine import dump
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tests.cast import REGULATION, with_regulation
from tests.files import handed_out

SignedIn = Callable[..., Client]


@pytest.fixture
def author(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def client(author: User, signed_in: SignedIn) -> Client:
    return signed_in(author)


@pytest.fixture
def draft(manado: RegionState, author: User) -> StoredRuleSet:
    return copy_ready_set(code="manado", valid_from=date(2026, 1, 1), actor=author)


def words(response: object) -> str:
    html = response.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def stated(draft: StoredRuleSet, content: bytes = REGULATION, **changed: str) -> dict[str, object]:
    return {
        "sidik": draft.digest,
        "nomor": "Perwali Nomor 1 Tahun 2026",
        "tentang": "Tambahan Penghasilan Pegawai",
        "tanggal": "2026-01-02",
        "naskah": SimpleUploadedFile("perwali.pdf", content),
        **changed,
    }


def test_the_regulation_is_stated_and_read_by_those_who_read_rules(
    client: Client, draft: StoredRuleSet, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    client.post(f"/aturan/{draft.uid}/peraturan/", stated(draft))
    draft.refresh_from_db()
    assert loaded(draft).regulation.date == date(2026, 1, 2)
    assert draft.regulation == "Perwali Nomor 1 Tahun 2026"
    assert draft.regulation_file is not None
    address = f"/berkas/{draft.regulation_file.uid}/"
    read = signed_in(with_role("inspektorat")).get(address)
    assert handed_out(read).body == REGULATION
    assert signed_in(with_role()).get(address).status_code == 404


@pytest.mark.parametrize(
    ("content", "changed", "expected", "status"),
    [
        (b"PK\x03\x04 not a regulation", {}, "Isi berkas tidak sesuai dengan akhiran namanya. Kirim PDF.", 422),
        (REGULATION, {"tanggal": ""}, "Tanggal peraturan: Bidang ini harus diisi.", 422),
        (REGULATION, {"sidik": "0" * 64}, "Isian Anda belum tersimpan.", 409),
    ],
)
def test_what_is_wrong_with_the_regulation_is_said(
    client: Client, draft: StoredRuleSet, content: bytes, changed: dict[str, str], expected: str, status: int
) -> None:
    answer = client.post(f"/aturan/{draft.uid}/peraturan/", stated(draft, content, **changed))
    assert answer.status_code == status
    assert expected in words(answer)
    draft.refresh_from_db()
    assert draft.regulation_file is None


def test_a_changed_text_shows_that_a_signature_fell_away(client: Client, draft: StoredRuleSet, author: User) -> None:
    sign_rule_set(uid=draft.uid, actor=author)
    tree = dump(loaded(draft)) | {"source": "Diperiksa."}
    save_draft(uid=draft.uid, seen=draft.digest, tree=tree, what="Sumber", actor=author)
    page = client.get(f"/aturan/{draft.uid}/")
    assert "gugur: naskah diubah" in words(page)
    assert "Tanda tangani" in words(page)
    assert "baru 0" in words(page)


def test_the_history_says_who_changed_what_and_goes_back(client: Client, draft: StoredRuleSet, author: User) -> None:
    before = draft.digest
    tree = dump(loaded(draft))
    tree["nodes"][1]["amounts"][0]["values"]["7"] = "3100000"
    saved = save_draft(uid=draft.uid, seen=before, tree=tree, what="Mengubah “Pagu TPP”", actor=author)
    page = words(assert_query_count("rules.history", lambda: client.get(f"/aturan/{draft.uid}/riwayat/?lihat=2")))
    for expected in ("2. Mengubah “Pagu TPP”", str(author), "Rp2.970.000", "Rp3.100.000", "seperti sekarang"):
        assert expected in page
    assert client.get(f"/aturan/{draft.uid}/riwayat/?lihat=9").status_code == 404
    back = client.post(f"/aturan/{draft.uid}/riwayat/1/kembali/", {"sidik": saved.digest}, follow=True)
    assert "Draf kembali ke simpanan 1." in words(back)
    draft.refresh_from_db()
    assert draft.digest == before
    stale = client.post(f"/aturan/{draft.uid}/riwayat/1/kembali/", {"sidik": "0" * 64}, follow=True)
    assert "Isian Anda belum tersimpan." in words(stale)


def test_every_changed_figure_and_word_is_compared_in_words(
    client: Client, manado_rules: StoredRuleSet, author: User
) -> None:
    copy = copy_to_draft(uid=manado_rules.uid, valid_from=date(2026, 1, 1), actor=author)
    tree = dump(loaded(copy))
    spots = {node["id"]: node for node in tree["nodes"]}
    spots["pagu"]["mode"] = "total"
    spots["pagu"]["reference_day"] = "15"
    spots["pagu"]["amounts"][0]["values"]["7"] = "3100000"
    spots["pph"]["clause"]["reference"] = "PP lain"
    spots["pph"]["assumption"] = "Dibaca begini."
    tree["rounding"]["net"] = "floor_thousand"
    tree["nodes"].insert(2, tree["nodes"].pop(1))
    save_draft(uid=copy.uid, seen=copy.digest, tree=tree, what="Banyak", actor=author)
    text = words(assert_query_count("rules.compare", lambda: client.get(f"/aturan/{copy.uid}/banding/")))
    for expected in (
        "Jabatan dibaca pada hari pertama bulan tanggal 15",
        "Besaran rupiah per kelas › umum, jf › Besaran › 7 Rp2.970.000 Rp3.100.000",
        "Ketentuan › Dasar hukum",
        "PP lain",
        "Dibaca begini.",
        "Pembulatan › TPP bersih ke rupiah terdekat dipotong ke ribuan",
        "urutan",
    ):
        assert expected in text, expected
    assert not re.search(r"\b(reference_day|floor_thousand|amounts|clause|rounding|half_up)\b", text)


def test_without_another_rule_set_nothing_is_compared(client: Client, draft: StoredRuleSet) -> None:
    assert "Belum ada aturan lain" in words(client.get(f"/aturan/{draft.uid}/banding/"))


def test_a_published_version_is_copied_into_the_next_draft(client: Client, manado_rules: StoredRuleSet) -> None:
    assert "Salin menjadi draf baru" in words(client.get(f"/aturan/{manado_rules.uid}/"))
    answer = client.post(f"/aturan/{manado_rules.uid}/salin/", {"mulai": "2026-01"})
    assert answer.status_code == 302
    assert "v2" in words(client.get(answer["Location"]))
    refused = client.post(f"/aturan/{manado_rules.uid}/salin/", {"mulai": "2023-01"})
    assert refused.status_code == 422
    assert "baru berlaku 1 Januari 2024" in words(refused)


def test_one_person_cannot_publish_with_two_signatures_of_their_own(
    client: Client, draft: StoredRuleSet, author: User
) -> None:
    ready = with_regulation(draft, author)
    for _twice in range(2):
        client.post(f"/aturan/{ready.uid}/tanda-tangan/")
    refused = client.post(f"/aturan/{ready.uid}/terbit/", follow=True)
    assert "Perlu tanda tangan 2 orang; baru 1." in words(refused)
    ready.refresh_from_db()
    assert ready.is_draft


def test_publishing_a_version_with_an_end_warns_that_nothing_follows(
    client: Client, author: User, manado: RegionState, with_role: Callable[..., User]
) -> None:
    draft = with_regulation(copy_ready_set(code="banjarmasin_2023", valid_from=date(2023, 1, 1), actor=author), author)
    for signer in (author, with_role("bpkad")):
        sign_rule_set(uid=draft.uid, actor=signer)
    assert "Mulai Senin, 1 Januari 2024 tidak ada aturan yang berlaku" in words(
        client.get(f"/aturan/{draft.uid}/terbit/")
    )


def test_a_version_is_replaced_only_by_who_was_told_that_it_would_be(
    client: Client, author: User, manado_rules: StoredRuleSet, with_role: Callable[..., User]
) -> None:
    draft = with_regulation(copy_ready_set(code="manado", valid_from=date(2024, 1, 1), actor=author), author)
    for signer in (author, with_role("bpkad")):
        sign_rule_set(uid=draft.uid, actor=signer)
    address = f"/aturan/{draft.uid}/terbit/"
    page = client.get(address).content.decode()
    told = re.findall(r'name="replaces" value="([^"]+)"', page)
    for before_it_was_published in ({}, {"replaces": "bukan-uid"}):
        refused = client.post(address, before_it_was_published, follow=True)
        assert "Aturan lain untuk masa yang sama baru saja diterbitkan. Muat ulang halaman ini." in words(refused)
    manado_rules.refresh_from_db()
    assert manado_rules.is_published
    assert "Aturan terbit" in words(client.post(address, {"replaces": told}, follow=True))
    manado_rules.refresh_from_db()
    assert (told, manado_rules.state) == ([str(manado_rules.uid)], StoredRuleSet.State.REPLACED)
