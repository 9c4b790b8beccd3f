"""Stored punches for the review's tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from kernel import clock
from kernel.ids import new_uid
from tenants.employees.models import Employee
from tenants.punch_review.following import SETTLED, score_new_punches
from tenants.punches.models import Punch
from tests.tenants.attendance.week import MONDAY, at

MORNING = at(MONDAY, "07:25")
PLACE = (Decimal("1.4748312"), Decimal("124.8420794"))


def make_punch(employee: Employee, moment: datetime = MORNING, **values: Any) -> Punch:
    """A check-in by phone at the office, received at once."""
    known: dict[str, Any] = {"kind": "in", "source": "phone", "latitude": PLACE[0], "longitude": PLACE[1]}
    known |= {"accuracy_m": 12, "received_at": moment}
    return Punch.objects.create(id=new_uid(), employee=employee, captured_at=moment, **{**known, **values})


def make_doubtful(employee: Employee, moment: datetime = MORNING, **values: Any) -> Punch:
    """One that lies outside and waits in the queue."""
    return make_punch(employee, moment, state="review", grade="C", reasons=["place_outside"], **values)


def scored(moment: datetime = MORNING) -> int:
    """Follow what is there, a minute after this moment."""
    with clock.at(moment + SETTLED + timedelta(seconds=30)):
        return score_new_punches()


def picture_upload(colour: str = "teal", *, taken: str = "", size: tuple[int, int] = (900, 1200)) -> SimpleUploadedFile:
    """A JPEG of one colour as a phone's camera gives it, with its note of when it was `taken`."""
    out = BytesIO()
    image = Image.new("RGB", size, colour)
    exif = image.getexif()
    exif[0x010F] = "Kamera Uji"
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    image.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("IMG_1.jpg", out.getvalue(), "image/jpeg")
