"""Reporting, approving and undoing a disturbance by the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenants.disturbances.models import Disturbance
from tests.cast import Office
from tests.files import handed_out, png
from tests.tenants.attendance.week import MONDAY, at, on

PNG = png()


def reported(office: Office, **more: Any) -> dict[str, Any]:
    day = MONDAY.isoformat()
    values = {"first_day": day, "first_time": "07:00", "last_day": day, "last_time": "08:15", "cause": "network"}
    return {**values, "units": [str(office.unit.uid)], "evidence": "Menara seluler padam.", **more}


def test_a_disturbance_goes_from_the_report_to_the_approval_and_back(
    office: Office, signed_in: Any, with_role: Any
) -> None:
    operator, bkpsdm = signed_in(with_role("operator_opd", opd=office.opd)), signed_in(with_role("bkpsdm"))
    with on(MONDAY, "10:00"):
        file = SimpleUploadedFile("foto.png", PNG)
        answer = operator.post("/gangguan/baru/", reported(office, file=file))
        made = Disturbance.objects.get()
        assert (answer.status_code, answer["Location"]) == (302, f"/gangguan/{made.uid}/")
        assert (made.starts_at, made.ends_at) == (at(MONDAY, "07:00"), at(MONDAY, "08:15"))
        seen = operator.get(f"/gangguan/{made.uid}/").content.decode()
        assert "5 Okt 2026, 07.00 – 08.15" in seen
        assert "Menunggu orang lain" in seen
        assert operator.post(f"/gangguan/{made.uid}/setujui/").status_code == 403
        assert made.file is not None
        evidence = bkpsdm.get(f"/berkas/{made.file.uid}/")
        assert handed_out(evidence).body.startswith(PNG[:8])
        assert bkpsdm.post(f"/gangguan/{made.uid}/setujui/", {"note": "Benar"}).status_code == 302
        refused = bkpsdm.post(f"/gangguan/{made.uid}/batalkan/", {"reason": ""})
        assert (refused.status_code, "Alasan" in refused.content.decode()) == (422, True)
        assert bkpsdm.post(f"/gangguan/{made.uid}/batalkan/", {"reason": "Keliru"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.decision_note, made.undo_reason) == ("undone", "Benar", "Keliru")
    assert "Keliru" in bkpsdm.get(f"/gangguan/{made.uid}/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"last_time": "06:00"}, "Selesainya harus sesudah mulainya."),
        ({"last_day": "2026-10-20"}, "paling lama tujuh hari"),
        ({"units": []}, "Bidang ini harus diisi."),
        ({"evidence": ""}, "Bidang ini harus diisi."),
        ({"file": SimpleUploadedFile("a.txt", b"teks")}, "PDF"),
    ],
)
def test_a_report_that_cannot_be_right_keeps_what_was_typed(
    office: Office, signed_in: Any, with_role: Any, wrong: dict[str, Any], words: str
) -> None:
    operator = signed_in(with_role("operator_opd", opd=office.opd))
    with on(MONDAY, "10:00"):
        answer = operator.post("/gangguan/baru/", reported(office, **wrong))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Disturbance.objects.exists()


def test_bkpsdm_reports_for_the_whole_region_by_naming_no_unit(office: Office, signed_in: Any, with_role: Any) -> None:
    with on(MONDAY, "10:00"):
        assert signed_in(with_role("bkpsdm")).post("/gangguan/baru/", reported(office, units=[])).status_code == 302
    assert Disturbance.objects.get().is_everywhere
