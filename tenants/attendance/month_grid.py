"""A month as the cells of a calendar: what stands in a cell, by which sign, and the words for one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kernel.date_words import weekday_words
from kernel.web.row_patterns import RowPattern, joined
from kernel.web.templatetags.kd import icon
from tenants.attendance.day import ABSENT, EXCUSED, FREE, OPEN, JudgedDay, PunchFact, Schedule, Window
from tenants.attendance.months import MonthView
from tenants.calendars.plans import Shift


class Sign(Enum):
    """The states of a cell: style of the cell, icon, words. Colour never stands alone."""

    FULL = ("ok", "check", "ok", _("Hadir tepat waktu"))
    NOTED = ("wait", "clock", "wait", _("Hadir dengan catatan"))
    ABSENT = ("bad", "circle-x", "bad", _("Tanpa keterangan"))
    EXCUSED = ("ok", "file-text", "info", _("Dengan surat"))
    RUNNING = ("", "hourglass", "info", _("Sedang berjalan"))
    FREE = ("off", "", "plain", _("Libur"))
    COMING = ("draft", "", "plain", _("Belum tiba"))
    NO_POST = ("off", "", "plain", _("Tidak ada jabatan pada hari ini"))

    def __init__(self, style: str, icon: str, chip: str, words: Promise) -> None:
        self.style = style
        self.icon = icon
        self.chip = chip
        self.words = words


LEGEND = (Sign.FULL, Sign.NOTED, Sign.ABSENT, Sign.EXCUSED, Sign.RUNNING)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the grid. `column` is 1 for Monday, `hint` a short text under the number."""

    date: date
    column: int
    sign: Sign
    hint: str
    is_today: bool
    is_provisional: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a day counts as it does: the rule set's words, and minutes where there are any."""

    code: str
    label: str
    minutes: int | None


@dataclass(frozen=True, slots=True)
class PunchLine:
    """One punch of a day as it is shown. `grade` is A, B, C or "" where nobody graded it."""

    at: datetime
    kind: str | Promise
    source: str | Promise
    grade: str
    is_doubtful: bool
    is_dropped: bool


@dataclass(frozen=True, slots=True)
class DayDetail:
    """One day in full. Instants are None where there is nothing."""

    date: date
    sign: Sign
    starts_at: datetime | None
    ends_at: datetime | None
    first_in: datetime | None
    last_out: datetime | None
    document: str
    note: str
    reasons: tuple[Reason, ...]
    punches: tuple[PunchLine, ...]
    is_provisional: bool
    is_working_day: bool
    may_ask: bool
    # Why the result may still change, in words.
    waits: tuple[str | Promise, ...] = ()
    # The last day on which a letter for the absence was expected, in words, where that is over.
    explained_too_late: str = ""
    # The disturbances by which an edge of the day costs nothing.
    neutral: tuple[Window, ...] = ()
    # The shifts of a day with more than one, and those on call.
    shifts: tuple[Shift, ...] = ()


KIND_WORDS = {
    "in": _("Masuk"),
    "out": _("Pulang"),
    "undefined": _("Belum tentu"),
    "break": _("Istirahat"),
    "checkpoint": _("Titik absen"),
    "roll_call": _("Apel"),
}
SOURCE_WORDS = {"phone": _("HP"), "machine": _("mesin"), "kiosk": _("kios"), "manual": _("dicatat operator")}
WAITING_WORDS = {
    "document": _("Surat untuk hari ini belum diputuskan."),
    "review": _("Ada absen yang sedang diperiksa; sementara ini tetap dihitung."),
    "rules": _("Belum ada aturan TPP yang berlaku untuk hari ini."),
    "contact": _(
        "Mesin absen unit atau HP pegawai belum terhubung lagi sejak hari itu selesai, jadi absen yang dibuat tanpa "
        "sinyal masih mungkin datang. Paling lama ditunggu 72 jam."
    ),
}


def sign_of(day: JudgedDay) -> Sign:
    """The sign of a judged day."""
    if day.presence == FREE:
        return Sign.FREE
    if day.presence == OPEN:
        return Sign.RUNNING
    if day.presence == ABSENT:
        return Sign.ABSENT
    if day.presence == EXCUSED:
        return Sign.EXCUSED
    return Sign.NOTED if day.events else Sign.FULL


def cells(view: MonthView, today: date, chosen: date) -> list[Cell]:
    """All days of the month, in order."""
    return [_cell(view, day, today, chosen) for day in view.month.days()]


def grid_rows(cells: Sequence[Cell], *, url: str = "", swaps: bool = False) -> SafeString:
    """The cells as HTML. Each leads to its day at `url` ("" the same page), with `swaps` without a reload."""
    pattern = RowPattern("tenants/attendance/_cell.html")
    words = {sign: str(sign.words) for sign in {cell.sign for cell in cells}}
    provisional = _("sementara")
    rows: list[SafeString] = []
    for cell in cells:
        sign = cell.sign
        values = {
            "classes": _classes(cell) + (f" month__day--col{cell.column}" if not rows else ""),
            "day": cell.date.isoformat(),
            "url": url,
            "swaps": "1" if swaps else "",
            "is_current": "1" if swaps and cell.is_chosen else "",
            "number": str(cell.date.day),
            "icon": icon(sign.icon, 16) if sign.icon else "",
            "words": f"{words[sign]}, {provisional}" if cell.is_provisional else words[sign],
            "hint": cell.hint,
        }
        rows.append(pattern.fill(values))
    return joined(rows)


def _classes(cell: Cell) -> str:
    styles = (cell.sign.style, "draft" if cell.is_provisional else "", "today" if cell.is_today else "")
    return "".join(f" month__day--{style}" for style in styles if style)


def _cell(view: MonthView, day: date, today: date, chosen: date) -> Cell:
    judged, coming = view.days.get(day), view.coming.get(day)
    hint = ""
    if judged is not None:
        sign = sign_of(judged)
        hint = judged.document if sign is Sign.EXCUSED else ", ".join(event.code for event in judged.events)
    elif coming is not None:
        sign = Sign.COMING if coming.is_working_day else Sign.FREE
    else:
        sign = Sign.NO_POST
    return Cell(
        date=day,
        column=day.isoweekday(),
        sign=sign,
        hint=hint,
        is_today=day == today,
        is_provisional=judged is not None and _may_change(view, judged),
        is_chosen=day == chosen,
    )


def detail(view: MonthView, day: date) -> DayDetail:
    """One day of the month with its facts, result and reasons."""
    judged = view.days.get(day)
    if judged is None:
        schedule = view.coming.get(day, Schedule())
        sign = Sign.NO_POST if day not in view.coming else (Sign.COMING if schedule.is_working_day else Sign.FREE)
        return DayDetail(
            day, sign, schedule.starts_at, schedule.ends_at, None, None, "", schedule.note, (), (), False,
            schedule.is_working_day, schedule.is_working_day and not view.is_closed,
        )  # fmt: skip
    last = view.explain_until.get(day)
    return DayDetail(
        date=day,
        sign=sign_of(judged),
        starts_at=judged.schedule.starts_at,
        ends_at=judged.schedule.ends_at,
        first_in=judged.first_in,
        last_out=judged.last_out,
        document=_label(view, judged.document),
        note=judged.note,
        reasons=tuple(Reason(event.code, _label(view, event.code), event.minutes) for event in judged.events),
        punches=tuple(_line(punch) for punch in judged.punches),
        is_provisional=_may_change(view, judged),
        is_working_day=judged.is_working_day,
        may_ask=judged.is_working_day and not judged.document and not judged.is_undecided,
        waits=_waits(view, judged),
        explained_too_late="" if last is None or last >= view.running else weekday_words(last),
        neutral=judged.neutral,
        shifts=judged.schedule.shifts if len(judged.schedule.shifts) > 1 or judged.schedule.is_on_call else (),
    )


def _may_change(view: MonthView, judged: JudgedDay) -> bool:
    """Whether the result shown is not the last word: facts of the day are missing, or its absence may be explained."""
    return judged.presence not in (OPEN, FREE) and (judged.is_provisional or view.may_explain(judged.date))


def _waits(view: MonthView, judged: JudgedDay) -> tuple[str | Promise, ...]:
    words: list[str | Promise] = [WAITING_WORDS[reason] for reason in judged.pending if reason in WAITING_WORDS]
    if view.may_explain(judged.date):
        last = {"last": weekday_words(view.explain_until[judged.date])}
        words.append(_("Kirim surat paling lambat %(last)s. Sesudahnya hari ini tetap tanpa keterangan.") % last)
    return tuple(words)


def _line(punch: PunchFact) -> PunchLine:
    return PunchLine(
        at=punch.captured_at,
        kind=KIND_WORDS.get(punch.kind, punch.kind),
        source=SOURCE_WORDS.get(punch.source, punch.source),
        grade=punch.grade,
        is_doubtful=punch.needs_review,
        is_dropped=punch.is_dropped,
    )


def _label(view: MonthView, code: str) -> str:
    known = view.codes.get(code)
    return code if known is None else known.label
