"""The pages of the places, as officials use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.jobs.models import Job, JobRow
from kernel.testing.queries import assert_query_count
from tenants.places.actions import assign_place, change_place, end_place, make_place
from tenants.places.errors import AssignedAlready, PlaceEnded, PlaceRefused
from tenants.places.models import Place, PlaceAssignment
from tests.cast import Office, Person, make_opd
from tests.kernel.files.inspection.documents import far_corner
from tests.sheets import xlsx_upload
from tests.tenants.places.spots import SINCE, make_spot, said

ASK: dict[str, Any] = {"urlconf": "config.urls_region"}
FORM = {"name": "Kantor", "shape": "circle", "latitude": "1,474830", "longitude": "124.842079", "radius_m": "100"}
FORM |= {"first": "2026-11-20"}
CORNERS = "1.4700, 124.8400\n1.4700, 124.8420\n1.4720, 124.8420"


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def operator_opd(with_role: Callable[..., User], office: Office) -> User:
    return with_role("operator_opd", opd=office.opd)


@pytest.fixture
def region_wide(signed_in: Callable[..., Client], bkpsdm: User) -> Client:
    return signed_in(bkpsdm)


def test_a_place_is_made_without_a_map(region_wide: Client, office: Office) -> None:
    answer = region_wide.post(reverse("places-new", **ASK), FORM)
    place = Place.objects.get()
    assert answer.headers["Location"] == reverse("places-assign", args=[place.uid], **ASK)
    assert (str(place.latitude), str(place.longitude), place.radius_m, place.opd) == (
        "1.474830",
        "124.842079",
        100,
        None,
    )


def test_a_pair_that_a_map_gives_may_be_pasted_into_one_field(region_wide: Client, office: Office) -> None:
    region_wide.post(reverse("places-new", **ASK), {**FORM, "latitude": "-3.316694, 114.590111", "longitude": ""})
    place = Place.objects.get()
    assert (str(place.latitude), str(place.longitude)) == ("-3.316694", "114.590111")


def test_the_list_and_the_map_cost_the_same_however_many_places(
    region_wide: Client, bkpsdm: User, office: Office
) -> None:
    for number in range(12):
        assign_place(
            uid=make_spot(bkpsdm, f"Kantor {number}").uid, units=[office.opd], first=SINCE, last=None, actor=bkpsdm
        )
    for name, page in (("places.list", "places-list"), ("places.map", "places-map")):
        address = reverse(page, **ASK)
        answer = assert_query_count(name, lambda address=address: region_wide.get(address))  # type: ignore[misc]
        assert answer.content.decode().count("Kantor 1") >= 3


def test_an_area_is_made_of_its_corners(region_wide: Client, office: Office) -> None:
    region_wide.post(reverse("places-new", **ASK), {**FORM, "shape": "area", "corners": CORNERS})
    place = Place.objects.get()
    assert (place.shape, place.radius_m, len(place.ring)) == ("area", 0, 3)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"latitude": "satu"}, "latitude", "Isi derajat desimal"),
        ({"latitude": "91"}, "latitude", "Isi derajat desimal"),
        ({"longitude": ""}, "longitude", "Isi bagian ini"),
        ({"radius_m": "5"}, "radius_m", "lebih besar dari atau sama dengan 10"),
        ({"shape": "area"}, "corners", "Isi titik sudut"),
        ({"shape": "area", "corners": "1.47, 124.84\nsini"}, "corners", "Baris “sini” tidak terbaca"),
        ({"shape": "area", "corners": "1.47, 124.84\n1.48, 124.85"}, "corners", "3 sampai 100 titik sudut"),
        (
            {"shape": "area", "corners": "1.47, 124.84\n1.48, 124.85\n1.47, 124.85\n1.48, 124.84"},
            "corners",
            "saling menyilang",
        ),
        ({"last": "2026-11-01"}, "last", "Tanggal akhir harus"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    region_wide: Client, office: Office, values: dict[str, str], field: str, words: str
) -> None:
    answer = region_wide.post(reverse("places-new", **ASK), {**FORM, **values})
    assert answer.status_code == 422
    assert words in answer.context["form"].errors[field][0]
    assert not Place.objects.exists()


def test_an_operator_makes_places_of_the_own_opd_only(
    signed_in: Callable[..., Client], operator_opd: User, office: Office
) -> None:
    other = make_opd("1.02", "Dinas Kesehatan")
    client = signed_in(operator_opd)
    assert client.post(reverse("places-new", **ASK), {**FORM, "opd": str(other.uid)}).status_code == 422
    client.post(reverse("places-new", **ASK), {**FORM, "opd": str(office.opd.uid)})
    assert Place.objects.get().opd == office.opd
    with pytest.raises(NotFound):
        make_place(place=said(), opd=None, actor=operator_opd)


def test_an_operator_neither_sees_nor_changes_another_opds_place(
    signed_in: Callable[..., Client], bkpsdm: User, operator_opd: User, office: Office
) -> None:
    theirs = make_spot(bkpsdm, "Puskesmas", opd=make_opd("1.02", "Dinas Kesehatan"))
    client = signed_in(operator_opd)
    assert "Puskesmas" not in client.get(reverse("places-list", **ASK)).content.decode()
    for name in ("places-place", "places-change", "places-assign", "places-end"):
        assert client.get(reverse(name, args=[theirs.uid], **ASK)).status_code == 404


def test_the_regions_place_is_seen_and_used_by_an_opd_but_not_changed(
    signed_in: Callable[..., Client], bkpsdm: User, operator_opd: User, office: Office
) -> None:
    hall = make_spot(bkpsdm, "Balai kota")
    client = signed_in(operator_opd)
    assert client.get(reverse("places-change", args=[hall.uid], **ASK)).status_code == 404
    answer = client.post(
        reverse("places-assign", args=[hall.uid], **ASK), {"units": [str(office.unit.uid)], "first": "2026-11-20"}
    )
    assert answer.status_code == 302
    assert PlaceAssignment.objects.get().unit == office.unit


def test_an_operator_assigns_to_own_units_and_people_only(operator_opd: User, bkpsdm: User, ani: Person) -> None:
    hall, other = make_spot(bkpsdm), make_opd("1.02", "Dinas Kesehatan")
    with pytest.raises(NotFound):
        assign_place(uid=hall.uid, units=[other], first=SINCE, last=None, actor=operator_opd)
    assign_place(uid=hall.uid, people=[ani.employee], first=SINCE, last=None, actor=operator_opd)
    assert PlaceAssignment.objects.get().employee == ani.employee


def test_an_unknown_nip_is_named(region_wide: Client, bkpsdm: User, office: Office) -> None:
    place = make_spot(bkpsdm)
    address = reverse("places-assign", args=[place.uid], **ASK)
    answer = region_wide.post(address, {"people": "199001012015011999", "first": "2026-11-20"})
    assert answer.context["form"].errors["people"] == ["NIP tidak ditemukan di OPD Anda: 199001012015011999."]
    assert region_wide.post(address, {"first": "2026-11-20"}).status_code == 422


def test_a_place_is_not_assigned_twice_for_the_same_days(bkpsdm: User, office: Office) -> None:
    place = make_spot(bkpsdm)
    assign_place(uid=place.uid, units=[office.opd], first=SINCE, last=None, actor=bkpsdm)
    with pytest.raises(AssignedAlready, match="Dinas Pendidikan"):
        assign_place(uid=place.uid, units=[office.opd], first=date(2026, 5, 1), last=None, actor=bkpsdm)


def test_what_it_was_before_stays_to_be_seen(region_wide: Client, bkpsdm: User, office: Office) -> None:
    old = make_spot(bkpsdm)
    new = change_place(uid=old.uid, place=said("Kantor baru", first=date(2026, 11, 20)), actor=bkpsdm)
    page = region_wide.get(reverse("places-place", args=[new.uid], **ASK))
    assert [place.name for place in page.context["earlier"]] == ["Kantor"]
    assert region_wide.get(reverse("places-place", args=[old.uid], **ASK)).context["next"] == new
    old.refresh_from_db()
    assert old.last_day == date(2026, 11, 19)


def test_a_place_that_begins_that_day_is_put_right_itself(bkpsdm: User, office: Office) -> None:
    place = make_spot(bkpsdm)
    assert change_place(uid=place.uid, place=said(radius_m=150), actor=bkpsdm) == place
    assert Place.objects.get().radius_m == 150


def test_an_ended_place_is_opened_again_from_its_page(region_wide: Client, bkpsdm: User, office: Office) -> None:
    place = make_spot(bkpsdm)
    region_wide.post(reverse("places-end", args=[place.uid], **ASK), {"last": "2026-11-20", "reason": "Keliru"})
    place.refresh_from_db()
    assert (place.last_day, place.end_reason) == (date(2026, 11, 20), "Keliru")
    assert "Keliru" in region_wide.get(reverse("places-place", args=[place.uid], **ASK)).content.decode()
    region_wide.post(reverse("places-reopen", args=[place.uid], **ASK))
    place.refresh_from_db()
    assert place.last_day is None


def test_a_replaced_place_is_not_opened_again(bkpsdm: User, office: Office) -> None:
    old = make_spot(bkpsdm)
    change_place(uid=old.uid, place=said(first=date(2026, 11, 20)), actor=bkpsdm)
    with pytest.raises(PlaceEnded):
        change_place(uid=old.uid, place=said(first=date(2026, 11, 21)), actor=bkpsdm)


def test_an_ended_place_cannot_be_assigned_later(bkpsdm: User, office: Office) -> None:
    place = make_spot(bkpsdm)
    end_place(uid=place.uid, last=date(2026, 3, 1), reason="Pindah", actor=bkpsdm)
    with pytest.raises(PlaceEnded):
        assign_place(uid=place.uid, units=[office.opd], first=date(2026, 11, 1), last=None, actor=bkpsdm)


def test_a_shape_out_of_bounds_is_refused_by_the_action_too(bkpsdm: User, office: Office) -> None:
    with pytest.raises(PlaceRefused):
        make_spot(bkpsdm, radius_m=6000)


def test_the_map_has_no_tiles_unless_the_installation_names_some(
    region_wide: Client, bkpsdm: User, office: Office, settings: Any
) -> None:
    make_spot(bkpsdm)
    plain = region_wide.get(reverse("places-map", **ASK))
    assert plain.context["map"]["tiles"] == ""
    settings.MAP_TILES_URL = "https://{s}.peta.example/{z}/{x}/{y}.png"
    tiled = region_wide.get(reverse("places-map", **ASK))
    assert "https://*.peta.example" in tiled.headers["Content-Security-Policy"]
    assert "peta.example" not in plain.headers["Content-Security-Policy"]


def test_a_letter_is_recorded_and_withdrawn_on_its_pages(
    region_wide: Client, bkpsdm: User, ani: Person, office: Office
) -> None:
    place = make_spot(bkpsdm, "Pulau Bunaken")
    values = {"number": "800/12", "subject": "Pendataan", "first": "2026-11-20", "last": "2026-11-21"}
    values |= {"people": ani.employee.nip, "places": str(place.uid)}
    address = region_wide.post(reverse("places-letter-new", **ASK), values).headers["Location"]
    page = region_wide.get(address).content.decode()
    assert "Pulau Bunaken" in page
    assert "Ani" in page
    again = region_wide.post(reverse("places-letter-new", **ASK), values)
    assert again.context["form"].errors["number"] == ["Surat tugas nomor 800/12 sudah tercatat."]
    region_wide.post(f"{address}tarik/")
    assert "Ditarik" in region_wide.get(address).content.decode()


HEAD = ["Nama tempat", "Lintang", "Bujur", "Jari-jari (m)", "Kode unit", "Mulai"]


def brought_in(client: Client, rows: list[list[object]], run_outbox: Callable[[], int]) -> Job:
    client.post(reverse("places-import", **ASK), {"file": xlsx_upload("tempat.xlsx", [HEAD, *rows])})
    run_outbox()
    return Job.objects.order_by("-id")[0]


def test_many_places_come_from_a_sheet_once(region_wide: Client, office: Office, run_outbox: Callable[[], int]) -> None:
    rows: list[list[object]] = [
        ["Dinas", "1.474830", "124.842079", 100, "1.01", "2026-11-01"],
        ["Bidang", 1.4752, 124.843, 75, "1.01.01", ""],
        ["Balai", "-3,316694", "114,590111", 120, "", ""],
    ]
    assert brought_in(region_wide, rows, run_outbox).result["facts"] == [["Ditulis", 3]]
    assert brought_in(region_wide, rows, run_outbox).result["facts"][0] == ["Ditulis", 0]
    found = {place.name: (str(place.latitude), place.opd) for place in Place.objects.all()}
    assert found == {
        "Dinas": ("1.474830", office.opd),
        "Bidang": ("1.475200", office.opd),
        "Balai": ("-3.316694", None),
    }
    assert {row.unit for row in PlaceAssignment.objects.select_related("unit")} == {office.opd, office.unit}


def test_one_wrong_row_and_nothing_is_written(
    region_wide: Client, office: Office, run_outbox: Callable[[], int]
) -> None:
    rows: list[list[object]] = [
        ["Dinas", "1.474830", "124.842079", 100, "1.01", ""],
        ["Utara", "95", "124.842079", 100, "1.01", ""],
        ["Kecil", "1.47", "124.84", 5, "1.01", ""],
        ["Asing", "1.47", "124.84", 100, "9.99", ""],
        ["Kapan", "1.47", "124.84", 100, "1.01", "kemarin"],
        ["Dinas", "1.474830", "124.842079", 100, "1.01", ""],
    ]
    job = brought_in(region_wide, rows, run_outbox)
    assert not Place.objects.exists()
    noted = JobRow.objects.filter(job=job).order_by("row_number").values_list("row_number", "column")
    assert list(noted) == [(3, "Lintang"), (4, "Jari-jari (m)"), (5, "Kode unit"), (6, "Mulai"), (7, "Nama tempat")]


def test_a_sheet_that_would_end_its_reader_is_refused_by_the_job_which_lives_on(
    region_wide: Client, office: Office, run_outbox: Callable[[], int]
) -> None:
    bomb = SimpleUploadedFile("tempat.xlsx", far_corner())
    region_wide.post(reverse("places-import", **ASK), {"file": bomb})
    run_outbox()
    job = Job.objects.get()
    assert job.state == Job.State.FAILED
    assert "di luar tabel" in job.failure
    right: list[list[object]] = [["Dinas", "1.474830", "124.842079", 100, "1.01", ""]]
    assert brought_in(region_wide, right, run_outbox).result["facts"] == [["Ditulis", 1]]


def test_an_operators_sheet_names_no_other_opds_units(
    signed_in: Callable[..., Client], operator_opd: User, run_outbox: Callable[[], int]
) -> None:
    make_opd("1.02", "Dinas Kesehatan")
    job = brought_in(signed_in(operator_opd), [["Klinik", "1.47", "124.84", 100, "1.02", ""]], run_outbox)
    assert JobRow.objects.get(job=job).column == "Kode unit"
    job = brought_in(signed_in(operator_opd), [["Gudang", "1.47", "124.84", 100, "", ""]], run_outbox)
    assert job.result["facts"] == [["Ditulis", 1]]
    assert Place.objects.filter(opd__code="1.01").count() == 1
