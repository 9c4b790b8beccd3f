"""The pages of rule sets: bring in, read, sign, publish, compare."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel.accounts.models import User
from kernel.testing.queries import assert_query_count
from tenants.rules.actions import copy_to_draft, load_rule_set_file
from tenants.rules.engine import ready_rule_sets
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.rules.reading import readable_nodes
from tests.cast import REGULATION

SignedIn = Callable[..., Client]


@pytest.fixture
def author(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def client(author: User, signed_in: SignedIn) -> Client:
    return signed_in(author)


def regulation(stored: StoredRuleSet) -> dict[str, object]:
    """What a person fills on the page of the regulation."""
    return {
        "sidik": stored.digest,
        "nomor": "Perwali Nomor 1 Tahun 2024",
        "tentang": "Tambahan Penghasilan Pegawai",
        "tanggal": "2024-01-02",
        "naskah": SimpleUploadedFile("perwali.pdf", REGULATION),
    }


def test_from_a_ready_set_to_a_published_one(
    client: Client, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    saved = client.post("/aturan/baru/", {"siap": "manado", "mulai": "2024-01"})
    address = saved["Location"]
    draft = client.get(address).content.decode()
    assert "Belum dapat diterbitkan" in draft
    for reason in (
        "Nomor dan tanggal peraturan belum diisi.",
        "Naskah peraturan (PDF) belum dilampirkan.",
        "Perlu tanda tangan 2 orang; baru 0.",
    ):
        assert reason in draft
    client.post(f"{address}peraturan/", regulation(StoredRuleSet.objects.get()))
    client.post(f"{address}tanda-tangan/")
    twice = client.post(f"{address}tanda-tangan/", follow=True).content.decode()
    assert "Tanda tangan kedua harus dari orang lain" in twice
    assert "baru 1" in client.get(f"{address}terbit/", headers={"HX-Request": "true"}).content.decode()
    signed_in(with_role("bpkad")).post(f"{address}tanda-tangan/")
    preview = client.get(f"{address}terbit/").content.decode()
    assert "Senin, 1 Januari 2024" in preview
    client.post(f"{address}terbit/")
    assert StoredRuleSet.objects.get().is_published
    listed = assert_query_count("rules.list", lambda: client.get("/aturan/")).content.decode()
    assert "Berlaku sekarang" in listed


def test_the_tree_shows_clauses_tables_assumptions_and_examples(manado_rules: StoredRuleSet, client: Client) -> None:
    address = f"/aturan/{manado_rules.uid}/"
    text = assert_query_count("rules.set", lambda: client.get(address)).content.decode()
    for words in (
        "Terlambat sampai 30 menit 1 poin, 31 sampai 60 menit 2 poin, lebih dari 60 menit 3 poin.",
        "Perwali Manado 1/2022 jo 30/2023, lampiran besaran TPP",
        "2.970.000",
        "Tafsiran",
        "Kepanjangan TLS tidak disebut oleh sumber.",
        "Cocok",
        manado_rules.digest,
    ):
        assert words in text
    assert "Tanda tangani</button>" not in text


def test_changed_numbers_are_listed(manado_rules: StoredRuleSet, author: User, client: Client) -> None:
    text = manado_rules.text.replace("2970000", "3100000")
    draft = load_rule_set_file(text=text, valid_from=date(2026, 1, 1), actor=author)
    page = client.get(f"/aturan/{draft.uid}/").content.decode()
    assert "Besaran rupiah per kelas › umum, jf › Besaran › 7" in page
    assert "Rp2.970.000" in page
    assert "Rp3.100.000" in page


def test_a_broken_file_shows_each_problem_beside_its_place(client: Client) -> None:
    broken = ready_rule_sets()["manado"].replace('points: "10"', "points: 0.5").encode()
    file = SimpleUploadedFile("aturan.yaml", broken)
    answer = client.post("/aturan/baru/berkas/", {"mulai": "2024-01", "berkas": file})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "tulis angka pecahan di antara tanda kutip" in text
    assert not StoredRuleSet.objects.exists()


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"mulai": "2024-01"}, "harus diisi"),
        ({"siap": "manado", "mulai": "2023-01"}, "baru berlaku 1 Januari 2024"),
    ],
)
def test_what_is_missing_is_said_beside_the_field(client: Client, posted: dict[str, str], words: str) -> None:
    answer = client.post("/aturan/baru/", posted)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_draft_is_discarded_and_stays_readable(client: Client, author: User) -> None:
    draft = load_rule_set_file(text=ready_rule_sets()["manado"], valid_from=date(2024, 1, 1), actor=author)
    client.post(f"/aturan/{draft.uid}/buang/")
    assert client.get(f"/aturan/{draft.uid}/").status_code == 200
    assert "Lama" in client.get("/aturan/").content.decode()
    refused = client.post(f"/aturan/{draft.uid}/tanda-tangan/", follow=True).content.decode()
    assert "tidak dapat diubah lagi" in refused


def test_an_unknown_rule_set_is_not_found(client: Client) -> None:
    assert client.get("/aturan/01a200cd-69eb-70de-8c52-86591f206e4e/").status_code == 404


def test_amounts_by_kelas_read_downwards(manado_rules: StoredRuleSet) -> None:
    pagu = next(node for node in readable_nodes(loaded(manado_rules)) if node.id == "pagu")
    table = pagu.tables[0]
    assert table.columns == ("Kategori jabatan", "umum, jf", "sekretaris")
    assert ("7", "2.970.000", "") in table.rows
    assert ("12", "", "8.957.000") in table.rows


def test_a_draft_that_overtakes_another_says_so_before_it_is_signed(
    client: Client, manado_rules: StoredRuleSet, with_role: Callable[..., User]
) -> None:
    author = with_role("bkpsdm")
    draft = copy_to_draft(uid=manado_rules.uid, valid_from=manado_rules.valid_from, actor=author)
    page = client.get(f"/aturan/{draft.uid}/").content.decode()
    assert "Aturan ini berlaku surut" in page
    assert "yang mulai Senin, 1 Januari 2024 diganti dan tidak berlaku lagi" in page
    later = copy_to_draft(uid=manado_rules.uid, valid_from=date(2026, 1, 1), actor=author)
    assert "berlaku surut" not in client.get(f"/aturan/{later.uid}/").content.decode()
