"""What has to be shown: photos, PDFs, letter and disposition numbers, and what is said when they were used before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel import clock
from tenants.activities.letters import key_of
from tenants.activities.models import Activity, JobKind
from tests.cast import Person
from tests.files import jpeg, pdf
from tests.tenants.activities.work import THURSDAY, approve, make_kind, remarks_on, sent_form

PDF, PHOTO = pdf(), jpeg()
Post = Callable[..., Any]


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(THURSDAY):
        yield


@pytest.fixture
def post(budi: Person, signed_in: Callable[..., Client]) -> Post:
    """`post(person, kind, ...)`: hand the form in at the person's browser."""

    def send(person: Person, kind: JobKind, **values: object) -> Any:
        return signed_in(person.user).post("/aktivitas/baru/", sent_form(kind.uid, **values))

    return send


def a_file(content: bytes = PHOTO) -> SimpleUploadedFile:
    return SimpleUploadedFile("bukti.jpg" if content == PHOTO else "bukti.pdf", content)


def asking(rule: str, *kinds: str) -> JobKind:
    return make_kind(evidence_rule=rule, evidence_kinds=list(kinds))


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 422
    assert not Activity.objects.filter(state="submitted").exists()
    return dict(answer.context["form"].errors)


def test_one_of_several_is_enough_where_any_is_asked(ani: Person, post: Post) -> None:
    kind = asking("any", "pdf", "letter")
    assert errors(post(ani, kind)) == {"evidence": ["Jenis pekerjaan ini perlu bukti: PDF atau nomor surat."]}
    assert not Activity.objects.exists()
    assert post(ani, kind, letter_number="800/12/2026").status_code == 302


def test_a_photo_is_no_pdf(ani: Person, post: Post) -> None:
    kind = asking("any", "pdf")
    assert errors(post(ani, kind, evidence=a_file(PHOTO))) == {"evidence": ["Jenis pekerjaan ini perlu bukti: PDF."]}
    assert post(ani, kind, evidence=a_file(PDF)).status_code == 302


def test_each_missing_one_is_named_where_it_can_be_given(ani: Person, post: Post) -> None:
    kind = asking("all", "photo", "letter", "disposition")
    assert errors(post(ani, kind, letter_number="800/12/2026")) == {
        "evidence": ["Jenis pekerjaan ini perlu bukti: foto."],
        "disposition_number": ["Jenis pekerjaan ini perlu bukti: nomor disposisi."],
    }
    whole = {"evidence": a_file(), "letter_number": "800/12/2026", "disposition_number": "D-7"}
    assert post(ani, kind, **whole).status_code == 302


def test_a_draft_may_lack_its_evidence(ani: Person, post: Post) -> None:
    assert post(ani, asking("any", "photo"), langkah="draf").status_code == 302
    assert Activity.objects.get().state == "draft"


@pytest.mark.parametrize("typed", ["800/12/BKPSDM/2026", " 800 / 12 / bkpsdm / 2026 ", "800/12/Bkpsdm/2026."])
def test_a_number_is_found_again_however_it_is_typed(typed: str) -> None:
    assert key_of(typed) == "800/12/bkpsdm/2026"


def test_a_number_that_somebody_else_used_asks_for_the_persons_part(ani: Person, citra: Person, post: Post) -> None:
    kind = make_kind()
    assert post(citra, kind, letter_number="800/12/2026").status_code == 302
    first = Activity.objects.get()
    answer = post(ani, kind, letter_number="800/ 12 /2026")
    assert answer.status_code == 422
    assert answer.context["form"].errors["part"] == [
        "Nomor ini sudah dipakai pegawai lain. Tulis peran Anda, misalnya pembuat konsep atau pemeriksa."
    ]
    # The part with the numbers stands open, and who the other one is stays unsaid.
    page = answer.content.decode()
    assert "data-letter-fields open" in page
    assert "Citra" not in page
    assert list(Activity.objects.all()) == [first]
    assert post(ani, kind, letter_number="800/ 12 /2026", part="Pemeriksa").status_code == 302
    mine = Activity.objects.get(employee=ani.employee)
    assert remarks_on(mine) == ["Nomor 800/ 12 /2026 dipakai juga oleh 1 orang lain; perannya: Pemeriksa"]


def test_the_earlier_one_learns_of_the_later(
    ani: Person, citra: Person, post: Post, run_outbox: Callable[[], int]
) -> None:
    kind = make_kind()
    post(citra, kind, disposition_number="D-7")
    first = Activity.objects.get()
    post(ani, kind, disposition_number="d-7", part="Pelaksana")
    run_outbox()
    assert remarks_on(first) == ["Nomor surat yang sama kemudian dipakai orang lain"]


def test_ones_own_number_again_is_a_remark_and_asks_nothing(ani: Person, post: Post) -> None:
    kind = make_kind()
    post(ani, kind, letter_number="800/12/2026")
    assert post(ani, kind, letter_number="800/12/2026", starts_at="09:00").status_code == 302
    assert remarks_on(Activity.objects.latest("pk")) == ["Nomor 800/12/2026 pernah dipakai sendiri"]


def test_a_number_of_a_draft_or_a_rejected_one_is_free(ani: Person, citra: Person, post: Post) -> None:
    kind = make_kind()
    post(citra, kind, letter_number="800/12/2026", langkah="draf")
    assert post(ani, kind, letter_number="800/12/2026").status_code == 302


def test_the_person_is_told_what_the_approver_sees(
    ani: Person, citra: Person, budi: Person, post: Post, signed_in: Callable[..., Client]
) -> None:
    kind = make_kind()
    post(citra, kind, evidence=a_file())
    client = signed_in(ani.user)
    said = client.post("/aktivitas/baru/", sent_form(kind.uid, evidence=a_file()), follow=True).content.decode()
    text = "Yang memutuskan melihat catatan: Bukti yang sama pernah dipakai. Bila keliru, tarik lalu perbaiki."
    assert text in said
    mine = Activity.objects.get(employee=ani.employee)
    assert "Bukti yang sama pernah dipakai" in client.get(f"/aktivitas/{mine.uid}/").content.decode()


def test_a_form_that_arrives_twice_keeps_its_files_once(
    ani: Person, budi: Person, signed_in: Callable[..., Client]
) -> None:
    client, form = signed_in(ani.user), sent_form(make_kind().uid, langkah="draf")
    for _ in range(2):
        client.post("/aktivitas/baru/", {**form, "evidence": a_file()})
    assert Activity.objects.get().evidence.count() == 1


def test_a_repeat_behind_a_decision_changes_nothing(
    ani: Person, budi: Person, signed_in: Callable[..., Client]
) -> None:
    client, form = signed_in(ani.user), sent_form(make_kind().uid)
    client.post("/aktivitas/baru/", form)
    activity = Activity.objects.get()
    client.post(f"/aktivitas/{activity.uid}/tarik/")
    late_repeat = client.post("/aktivitas/baru/", {**form, "description": "Isi lama dari HP"})
    assert late_repeat.status_code == 302
    activity.refresh_from_db()
    assert (activity.state, activity.description) == ("draft", "Menyusun laporan")
    client.post("/aktivitas/kirim/", {"pilih": str(activity.uid)})
    approve(budi, activity)
    client.post("/aktivitas/baru/", {**form, "description": "Isi lama dari HP"})
    activity.refresh_from_db()
    assert (activity.state, activity.description) == ("approved", "Menyusun laporan")


@pytest.mark.parametrize(
    ("cap", "values", "field", "text"),
    [
        (
            {"daily_cap": 3},
            {"volume": "4"},
            "volume",
            "Paling banyak 3 laporan sehari untuk jenis ini; sudah 0. Kurangi jumlahnya.",
        ),
        (
            {"daily_minutes": 60},
            {"minutes": "90"},
            "minutes",
            "Paling banyak 60 menit sehari untuk jenis ini; sudah 0. Kurangi menitnya.",
        ),
    ],
)
def test_a_daily_cap_is_said_beside_its_field(
    ani: Person, post: Post, cap: dict[str, Any], values: dict[str, str], field: str, text: str
) -> None:
    assert errors(post(ani, make_kind(**cap), **values)) == {field: [text]}
    assert not Activity.objects.exists()


def test_work_of_other_posts_is_refused_beside_the_kind(ani: Person, post: Post) -> None:
    text = "Jenis pekerjaan ini bukan untuk jabatan Anda pada tanggal itu. Pilih jenis lain."
    for number, narrowed in enumerate(
        ({"position_titles": ["Arsiparis"]}, {"position_categories": ["guru"]}, {"position_kinds": ["jpt"]})
    ):
        assert errors(post(ani, make_kind(f"N-{number}", **narrowed))) == {"job_kind": [text]}
    own = make_kind("N-9", position_titles=["Arsiparis", "Pengelola Data"], position_kinds=["pelaksana"])
    assert post(ani, own).status_code == 302


def test_only_work_of_the_own_post_is_offered(ani: Person, budi: Person, signed_in: Callable[..., Client]) -> None:
    JobKind.objects.all().delete()
    make_kind("N-1", position_titles=["Arsiparis"])
    own = make_kind("N-2", position_titles=["Pengelola Data"])
    everybodys = make_kind("N-3")
    offered = signed_in(ani.user).get("/aktivitas/baru/").context["kinds"]
    assert set(offered) == {own, everybodys}
