"""Files that wait in the regions: counted there, listed for operators without a name, the stuck ones on top."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from control.console.figures import take_figures
from control.regions.models import Region
from kernel import clock
from kernel.accounts.models import User
from kernel.files.models import StoredFile
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.registry import region_by_code
from kernel.testing.queries import assert_query_count
from tests.cast import Office

PATH = "/berkas-wilayah/"


@pytest.fixture
def console(operator: User, signed_in: Callable[..., Client]) -> Client:
    return signed_in(operator, None)


def waiting(region: str, name: str, scan: str, minutes: int) -> None:
    with region_scope(region_by_code(region)):
        StoredFile.objects.create(
            name=name,
            content_type="application/pdf",
            size=10,
            sha256=name,
            sent_sha256=name,
            path=name,
            is_apart=True,
            purpose="letter",
            scan=scan,
            created_at=clock.now() - timedelta(minutes=minutes),
        )


def count() -> None:
    with control_scope():
        for region in Region.objects.filter(code__in=("manado", "banjarmasin")):
            take_figures(region)


def test_a_region_whose_files_are_stuck_stands_on_top_and_names_who_must_act(console: Client, office: Office) -> None:
    waiting("banjarmasin", "surat-rahasia.pdf", "review", 3 * 1440)
    waiting("manado", "foto-rahasia.pdf", "pending", 25)
    waiting("manado", "laporan-rahasia.pdf", "pending", 5)
    count()
    page = console.get(PATH)
    stuck, reviewed = page.context["rows"]
    assert (stuck.region.code, stuck.is_stuck, stuck.scan.count, stuck.scan.words) == ("manado", True, 2, "25 menit")
    assert (reviewed.region.code, reviewed.is_stuck, reviewed.review.words) == ("banjarmasin", False, "3 hari")
    said = page.content.decode()
    assert said.index("Operator: periksa") < said.index("Diskominfo wilayah: tinjau")
    assert "rahasia" not in said


def test_what_the_scan_lane_is_just_taking_needs_nobody(console: Client, office: Office) -> None:
    waiting("manado", "foto.pdf", "pending", 9)
    count()
    said = console.get(PATH).content.decode()
    assert "Pemeriksaan berjalan sendiri." in said
    assert "Tersendat" not in said


def test_without_waiting_files_the_page_says_so_and_asks_no_region(console: Client, office: Office) -> None:
    count()
    page = assert_query_count("console.held_files", lambda: console.get(PATH))
    assert "Tidak ada berkas yang menunggu" in page.content.decode()
