"""The inbox's rows as HTML: a superior opens a hundred of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from django.template.base import render_value_in_context
from django.template.context import Context
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.files.models import StoredFile
from kernel.web.row_patterns import RowPattern, addresses, joined
from kernel.web.templatetags.kd import chip, tanggal, tanggal_pendek
from tenants.approvals.inbox import Entry, Group

# With more ordinary documents than these the groups are closed at first.
MOST_OPEN = 30


class _Rows:
    """Fills the rows of one page with one pattern (`_row.html`, `_row_ticked.html`)."""

    def __init__(self, template_name: str) -> None:
        self._row = RowPattern(template_name)
        self._fact = RowPattern("tenants/approvals/_fact.html")
        self._evidence = _Evidence()
        self._address = addresses("approvals-request")

    def of(self, entries: Sequence[Entry]) -> SafeString:
        return joined([self._one(entry) for entry in entries])

    def _one(self, entry: Entry) -> SafeString:
        request, details = entry.request, entry.details
        uid = str(request.uid)
        return self._row.fill(
            {
                "uid": uid,
                "url": self._address(request.uid),
                "title": request.title,
                "owner": "" if request.owner is None else request.owner.name,
                "giver": entry.on_behalf_of,
                "seen": entry.seen,
                "text": details.text,
                "remarks": joined([chip(remark, "wait") for remark in (*entry.late, *request.remarks)]),
                "files": self._evidence.of(details.files),
                "facts": self._facts(details.facts) if details.facts else entry.kind,
            }
        )

    def _facts(self, facts: Sequence[tuple[str | Promise, object]]) -> SafeString:
        filled = [self._fact.fill({"label": str(label), "value": _words(value)}) for label, value in facts]
        return joined(filled, " · ")


class _Evidence:
    """The files of a row, folded."""

    def __init__(self) -> None:
        self._file = RowPattern("tenants/approvals/_file.html")
        self._held = RowPattern("tenants/approvals/_file_held.html")
        self._files = RowPattern("tenants/approvals/_files.html")
        self._url: Callable[[UUID], str] | None = None

    def of(self, files: Sequence[StoredFile]) -> SafeString:
        if not files:
            return SafeString()
        if self._url is None:
            self._url = addresses("files-read")
        filled = [
            self._file.fill(
                {
                    "name": file.name,
                    "url": self._url(file.uid),
                    "size": filesizeformat(file.size),
                    "is_image": "" if file.content_type == "application/pdf" else "1",
                }
            )
            if file.is_clean
            else self._held.fill({"name": file.name, "state": file.get_scan_display()})
            for file in files
        ]
        count = ngettext("%(n)s bukti", "%(n)s bukti", len(files)) % {"n": len(files)}
        return self._files.fill({"count": count, "files": joined(filled)})


def exception_rows(entries: Sequence[Entry]) -> SafeString:
    """Those to look at, each with its owner and without a tick."""
    return _Rows("tenants/approvals/_row.html").of(entries)


def group_rows(groups: Sequence[Group]) -> SafeString:
    """The ordinary ones by person and day, ticked."""
    rows, group_pattern = _Rows("tenants/approvals/_row_ticked.html"), RowPattern("tenants/approvals/_group.html")
    is_open = sum(len(group.entries) for group in groups) <= MOST_OPEN
    days = {day: (tanggal_pendek(day), tanggal(day)) for day in {group.day for group in groups} if day is not None}

    def filled(group: Group) -> SafeString:
        short_day, day = ("", "") if group.day is None else days[group.day]
        count = len(group.entries)
        late = sum(1 for entry in group.entries if entry.late)
        return group_pattern.fill(
            {
                "name": group.name,
                "heading": group.name or _("Dokumen daerah"),
                "short_day": short_day,
                "day": day,
                "giver": group.entries[0].on_behalf_of,
                "count": ngettext("%(n)s dokumen", "%(n)s dokumen", count) % {"n": count},
                "late": ngettext("%(n)s terlambat", "%(n)s terlambat", late) % {"n": late} if late else "",
                "is_open": "1" if is_open else "",
                "rows": rows.of(group.entries),
            }
        )

    return joined([filled(group) for group in groups])


def _words(value: object) -> str:
    """As a template would print it."""
    if isinstance(value, str):
        return value
    return render_value_in_context(value, Context(autoescape=False))
