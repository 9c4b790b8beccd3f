"""The papers of a pack as blocks: the report to the TTIS, the notice to data subjects, the after-report, and the
letters for the normalisation of a blocked address.

Official papers are written in Indonesian whoever makes them. What nobody has said yet is a line to be filled in.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from django.utils import timezone

from control.incidents.clocks import span_words
from control.incidents.drafting import moment_words, proposed_recovery
from control.incidents.models import LegalClock, Notice, Observable, Task
from control.incidents.packs.state import Snapshot
from control.incidents.timeline import Happening
from kernel.date_words import day_words
from kernel.papers.blocks import (
    Block,
    Heading,
    Letterhead,
    NewPage,
    Numbered,
    Pairs,
    Paper,
    Paragraph,
    Signature,
    Signatures,
    Table,
    TableColumn,
)

BLANK: Final = "." * 60
_LONG: Final = re.compile(r"\S{30,}")
_BREAK: Final = "\N{ZERO WIDTH SPACE}"
_UNKNOWN: Final = "Belum diketahui saat laporan ini dibuat."
_OFFICE: Final = "DINAS KOMUNIKASI DAN INFORMATIKA"
_PLATFORM: Final = "PLATFORM KINERJA DAERAH"
_DESK: Final = "MEJA INSIDEN"
# As the ministry has been organised since the end of 2024; whoever sends the letter looks whether it still is.
_ADDRESSEE: Final = (
    "Yth. Direktur Jenderal Pengawasan Ruang Digital\nu.p. Pengelola TrustPositif\n"
    "Kementerian Komunikasi dan Digital\ndi Jakarta"
)
# Some papers are set with all entries of an incident that an attacker fed for days.
MOST_ENTRIES: Final = 2000


def _moment(instant: datetime | None, found: Snapshot) -> str:
    return "–" if instant is None else moment_words(instant, found.zone)


def _head(found: Snapshot) -> Letterhead:
    """The region's own head where one region is concerned; else the platform's."""
    if len(found.regions) == 1:
        return Letterhead(f"PEMERINTAH {found.regions[0].name.upper()}", _OFFICE)
    return Letterhead(_PLATFORM, _DESK)


def _sender(found: Snapshot) -> str:
    return f"Pemerintah {found.regions[0].name}" if len(found.regions) == 1 else "penyelenggara platform"


def _where(found: Snapshot) -> str:
    return ", ".join(region.name for region in found.regions) or "Platform"


def _signature(found: Snapshot, title: str) -> Signatures:
    day = day_words(found.as_of.astimezone(found.zone).date())
    return Signatures([Signature(f"...................., {day}", title, "")])


def _said(text: str) -> Paragraph:
    return Paragraph(text.strip() or _UNKNOWN)


def _breakable(text: str) -> str:
    """With places where a digest or an address that is longer than its cell may go on in the next line."""
    return _LONG.sub(lambda word: _BREAK.join(textwrap.wrap(word.group(), 24)), text)


def _events(found: Snapshot, happenings: Sequence[Happening]) -> Table:
    return Table(
        [
            TableColumn("Waktu", "text", 22),
            TableColumn("Peristiwa", "text", 60, is_wide=True),
            TableColumn("Sumber", "text", 16),
        ],
        [(_moment(row.at, found), _breakable(row.text), row.source) for row in happenings[:MOST_ENTRIES]],
    )


def _contact(found: Snapshot) -> list[Block]:
    """Who reports: somebody of the region under its letterhead, to be filled in; else the incident's owner."""
    owner = found.incident.owner
    name, address = (owner.display_name, owner.login) if owner else (BLANK, BLANK)
    if len(found.regions) == 1:
        desk = f"{name}, {address}" if owner else BLANK
        rows = [*((label, BLANK) for label in ("Nama", "Jabatan", "Telepon", "Surel")), ("Narahubung platform", desk)]
    else:
        rows = [("Nama", name), ("Jabatan", "Penanggung jawab insiden"), ("Telepon", BLANK), ("Surel", address)]
    return [Pairs([*rows, ("Instansi", _sender(found))])]


def _summary(found: Snapshot) -> list[Block]:
    incident = found.incident
    return [
        Pairs(
            [
                ("Nomor insiden", incident.number),
                ("Judul", incident.title),
                ("Jenis", incident.get_kind_display()),
                ("Tingkat", incident.get_severity_display()),
                ("Wilayah", _where(found)),
                ("Ditemukan", _moment(incident.detected_at, found)),
                ("Keadaan", incident.get_state_display()),
            ]
        ),
        _said(incident.summary),
    ]


def _description(found: Snapshot) -> list[Block]:
    cause = found.incident.cause.strip()
    return [*_summary(found), *([Paragraph(f"Sebab: {cause}")] if cause else [])]


def _chronology(found: Snapshot) -> list[Block]:
    return [_events(found, found.key_events)]


def _ends(found: Snapshot) -> list[tuple[str, str]]:
    incident = found.incident
    steps = (("Terkendali", incident.contained_at), ("Pulih", incident.recovered_at))
    return [(label, "Belum" if at is None else _moment(at, found)) for label, at in steps]


def _impact(found: Snapshot) -> list[Block]:
    incident = found.incident
    people = incident.affected_people
    return [
        _said(incident.impact),
        Pairs(
            [
                ("Orang yang terdampak", "Belum diketahui" if people is None else str(people)),
                ("Data pribadi terungkap", "Ya" if incident.breach_known_at else "Tidak diketahui ada"),
                *_ends(found),
            ]
        ),
    ]


# The four parts of Peraturan BSSN 1/2024 article 15, in the order in which the clock's version names them.
_BSSN_PARTS: Final[Sequence[Callable[[Snapshot], list[Block]]]] = (_contact, _description, _chronology, _impact)


def _lettered(
    parts: Sequence[str], writers: Sequence[Callable[[Snapshot], list[Block]]], found: Snapshot
) -> list[Block]:
    blocks: list[Block] = []
    for place, (title, write) in enumerate(zip(parts, writers, strict=True)):
        blocks += [Heading(f"{chr(ord('A') + place)}. {title}"), *write(found)]
    return blocks


def bssn_report(found: Snapshot, legal: LegalClock) -> Paper:
    """The report to the TTIS: exactly the parts that the article asks for."""
    return Paper(
        title="Laporan Insiden Siber",
        subtitle=f"{legal.source} · {found.incident.number}",
        number="",
        letterhead=_head(found),
        blocks=[
            Pairs([("Nomor", BLANK), ("Sifat", "Segera"), ("Kepada", f"Yth. {legal.recipient}")]),
            *_lettered(legal.parts, _BSSN_PARTS, found),
            _signature(found, "Pelapor"),
        ],
        size="a4",
    )


def _revealed(found: Snapshot) -> list[Block]:
    return [_said(found.incident.revealed_data)]


def _how(found: Snapshot) -> list[Block]:
    incident = found.incident
    return [
        Pairs(
            [
                ("Mulai terjadi", _moment(incident.began_at, found)),
                ("Diketahui", _moment(incident.breach_known_at, found)),
            ]
        ),
        _said(incident.cause),
    ]


def _handling(found: Snapshot) -> list[Block]:
    return [_said(found.incident.recovery)]


_PDP_PARTS: Final[Sequence[Callable[[Snapshot], list[Block]]]] = (_revealed, _how, _handling)


def pdp_notice(found: Snapshot, legal: LegalClock) -> Paper:
    """The written notice to data subjects and the agency."""
    return Paper(
        title="Pemberitahuan Kegagalan Pelindungan Data Pribadi",
        subtitle=f"{legal.source} · {found.incident.number}",
        number="",
        letterhead=_head(found),
        blocks=[
            Pairs([("Nomor", BLANK), ("Sifat", "Segera"), ("Kepada", f"Yth. {legal.recipient}")]),
            Paragraph(
                f"Bersama ini {_sender(found)} memberitahukan bahwa telah terjadi kegagalan pelindungan data pribadi "
                "pada sistem kinerja daerah, dengan keterangan sebagai berikut."
            ),
            *_lettered(legal.parts, _PDP_PARTS, found),
            Paragraph(
                "Pertanyaan dan permintaan Bapak/Ibu sebagai subjek data pribadi dapat disampaikan kepada "
                f"{_sender(found)} melalui {BLANK}"
            ),
            _signature(found, "Pengendali Data Pribadi"),
        ],
        size="a4",
    )


def after_report(found: Snapshot) -> Paper:
    """The internal report, filled from the timeline."""
    incident = found.incident
    lessons = [task.outcome for task in found.tasks if task.is_lessons and task.outcome.strip()]
    return Paper(
        title="Laporan Penanganan Insiden",
        subtitle=f"{incident.number} · {_where(found)} · keadaan per {_moment(found.as_of, found)}",
        number="",
        letterhead=Letterhead(_PLATFORM, _DESK),
        blocks=[
            Heading("1. Ringkasan"),
            *_summary(found),
            Heading("2. Kecepatan penanganan"),
            _speed(found),
            Heading("3. Dampak"),
            *_impact(found),
            Heading("4. Sebab"),
            _said(incident.cause),
            Heading("5. Penanganan dan pemulihan"),
            _said(incident.recovery or proposed_recovery(found.happenings, found.zone)),
            Heading("6. Tugas"),
            _tasks(found.tasks, found),
            Heading("7. Pemberitahuan"),
            *_notices(found.notices, found),
            Heading("8. Pelajaran"),
            *([Paragraph(text) for text in lessons] or [Paragraph("Belum ditulis.")]),
            Heading("9. Bukti"),
            *_evidence(found),
            Heading("10. Penanda dan insiden terkait"),
            *_observables(found),
            NewPage(),
            Heading("Lampiran. Linimasa"),
            *(
                [
                    Paragraph(
                        f"{MOST_ENTRIES} peristiwa pertama dari {len(found.entries)}; selengkapnya pada linimasa.csv."
                    )
                ]
                if len(found.entries) > MOST_ENTRIES
                else []
            ),
            _events(found, found.happenings),
        ],
        size="a4",
    )


def _speed(found: Snapshot) -> Table:
    incident = found.incident
    start = incident.detected_at
    spans = [
        ("Mulai terjadi sampai ditemukan", incident.began_at, start),
        ("Ditemukan sampai mulai ditangani", start, incident.acknowledged_at),
        ("Ditemukan sampai terkendali", start, incident.contained_at),
        ("Ditemukan sampai pulih", start, incident.recovered_at),
    ]
    return Table(
        [
            TableColumn("Rentang", "text", 40, is_wide=True),
            TableColumn("Lama", "text", 20),
            TableColumn("Saat", "text", 24),
        ],
        [
            (label, "Belum" if first is None or last is None else span_words(last - first), _moment(last, found))
            for label, first, last in spans
        ],
    )


def _tasks(tasks: Sequence[Task], found: Snapshot) -> Table:
    return Table(
        [
            TableColumn("Tugas", "text", 40, is_wide=True),
            TableColumn("Keadaan", "text", 12),
            TableColumn("Selesai", "text", 22),
            TableColumn("Hasil", "text", 40, is_wide=True),
        ],
        [
            (
                f"{task.title} (diminta dari {task.asked_of_name})" if task.asked_of else task.title,
                task.get_state_display(),
                _moment(task.done_at, found),
                _breakable(task.outcome) or "–",
            )
            for task in tasks
        ],
    )


def _notices(notices: Sequence[Notice], found: Snapshot) -> list[Block]:
    if not notices:
        return [Paragraph("Tidak ada pemberitahuan yang diwajibkan.")]
    return [
        Table(
            [
                TableColumn("Pemberitahuan", "text", 34, is_wide=True),
                TableColumn("Paling lambat", "text", 22),
                TableColumn("Keadaan", "text", 14),
                TableColumn("Pada", "text", 22),
                TableColumn("Bukti", "text", 26, is_wide=True),
            ],
            [
                (
                    f"{row.clock.name} ({row.clock.source})",
                    _moment(row.due_at, found),
                    row.get_state_display(),
                    _moment(row.settled_at, found),
                    _breakable(" ".join(filter(None, (row.note, row.proof.name if row.proof else "")))) or "–",
                )
                for row in notices
            ],
        )
    ]


def _evidence(found: Snapshot) -> list[Block]:
    if not found.evidence:
        return [Paragraph("Tidak ada berkas bukti.")]
    return [
        Table(
            [
                TableColumn("Nama", "text", 30, is_wide=True),
                TableColumn("Dikumpulkan", "text", 22),
                TableColumn("SHA-256", "text", 34),
            ],
            [
                (
                    _breakable(f"{piece.name}\n{piece.what}"),
                    f"{_moment(piece.collected_at, found)}\n{piece.collector}",
                    f"{piece.sha256[:32]}\n{piece.sha256[32:]}",
                )
                for piece in found.evidence
            ],
        )
    ]


def _observables(found: Snapshot) -> list[Block]:
    blocks: list[Block] = []
    if found.observables:
        blocks.append(
            Table(
                [TableColumn("Jenis", "text", 18), TableColumn("Nilai", "text", 60, is_wide=True)],
                [(Observable.Kind(row.kind).label, _breakable(row.value)) for row in found.observables],
            )
        )
    else:
        blocks.append(Paragraph("Tidak ada penanda."))
    if found.linked:
        blocks.append(Paragraph("Insiden terkait: " + ", ".join(link.incident.number for link in found.linked) + "."))
    return blocks


def normalisation_request(found: Snapshot, names: Sequence[str]) -> Paper:
    """The request to take the region's names off the list of blocked addresses, to be stamped.

    A draft until the incident is over and the newest scan of every name is clean.
    """
    incident = found.incident
    clean = " Pemindaian terakhir menyatakan halamannya bersih; hasilnya terlampir." if _are_clean(found) else ""
    return Paper(
        title="Permohonan Normalisasi Alamat",
        subtitle=f"{_where(found)} · {incident.number}",
        number="",
        letterhead=_head(found),
        stamp=_stamp(found),
        blocks=[
            *_not_yet(found),
            Pairs(
                [
                    ("Nomor", BLANK),
                    ("Sifat", "Segera"),
                    ("Lampiran", "1 (satu) berkas"),
                    ("Hal", "Permohonan normalisasi alamat pada TrustPositif"),
                ]
            ),
            Paragraph(_ADDRESSEE),
            Paragraph(
                f"Dengan hormat kami sampaikan bahwa alamat milik {_sender(found)} di bawah ini termuat dalam daftar "
                f"pemblokiran. Penyusupan yang menyebabkannya telah ditangani.{clean}"
            ),
            _names(names),
            Heading("Penanganan"),
            _said(incident.recovery),
            Pairs([("Ditemukan", _moment(incident.detected_at, found)), *_ends(found)]),
            Paragraph(
                "Sehubungan dengan hal tersebut, kami mohon agar alamat di atas dikeluarkan dari daftar pemblokiran. "
                "Terlampir surat pernyataan kepemilikan, bukti penanganan, dan daftar sidik berkas."
            ),
            Paragraph("Atas perhatian dan kerja sama Bapak/Ibu, kami ucapkan terima kasih."),
            _signature(found, "Kepala Dinas Komunikasi dan Informatika"),
        ],
        size="a4",
    )


def _are_clean(found: Snapshot) -> bool:
    return bool(found.names) and all(pair.after is not None for pair in found.names)


def _reasons_to_wait(found: Snapshot) -> list[str]:
    reasons = [] if found.incident.recovered_at else ["insiden belum dinyatakan pulih"]
    if found.names and not _are_clean(found):
        reasons.append("pemindaian terakhir masih menemukan muatan pada halaman")
    return reasons


def _stamp(found: Snapshot) -> str:
    return "KONSEP" if _reasons_to_wait(found) else ""


def _not_yet(found: Snapshot) -> list[Block]:
    reasons = _reasons_to_wait(found)
    return [Paragraph(f"Belum untuk dikirim: {' dan '.join(reasons)}.", is_bold=True)] if reasons else []


def scan_results(found: Snapshot) -> Paper:
    """How the names were found, and how they are now."""
    return Paper(
        title="Hasil Pemindaian Halaman",
        subtitle=f"{_where(found)} · {found.incident.number}",
        number="",
        letterhead=_head(found),
        blocks=[
            Paragraph(
                "Tiap alamat dibuka sebagai orang dari komputer, orang dari hasil pencarian, orang dengan HP, dan "
                "robot mesin pencari, lalu isinya dibandingkan."
            ),
            Table(
                [
                    TableColumn("Alamat", "text", 36, is_wide=True),
                    TableColumn("Saat ditemukan", "text", 30),
                    TableColumn("Pemindaian terakhir", "text", 30),
                ],
                [
                    (
                        _breakable(pair.before.name.name),
                        f"{pair.before.get_verdict_display()}\n{_moment(pair.before.at, found)}",
                        "Belum bersih"
                        if pair.after is None
                        else f"{pair.after.get_verdict_display()}\n{_moment(pair.after.at, found)}",
                    )
                    for pair in found.names
                ],
            ),
        ],
        size="a4",
    )


def ownership_statement(found: Snapshot, names: Sequence[str]) -> Paper:
    """That the names are the government's own, to be signed and stamped."""
    return Paper(
        title="Surat Pernyataan Kepemilikan Alamat",
        subtitle=f"{_where(found)} · {found.incident.number}",
        number="",
        letterhead=_head(found),
        stamp=_stamp(found),
        blocks=[
            *_not_yet(found),
            Paragraph("Yang bertanda tangan di bawah ini:"),
            Pairs([("Nama", BLANK), ("NIP", BLANK), ("Jabatan", BLANK), ("Instansi", _sender(found))]),
            Paragraph("menyatakan dengan sesungguhnya bahwa:"),
            Numbered(
                [
                    f"Alamat yang tercantum dalam pernyataan ini dimiliki dan dikelola oleh {_sender(found)}.",
                    "Muatan perjudian yang pernah termuat pada alamat itu adalah akibat penyusupan dan bukan perbuatan "
                    "kami.",
                    "Muatan itu telah dihapus, jalan masuknya telah ditutup, dan kami bersedia diperiksa "
                    "sewaktu-waktu.",
                ]
            ),
            _names(names),
            Paragraph(
                "Demikian pernyataan ini dibuat dengan sebenarnya untuk dipergunakan sebagaimana mestinya, dan kami "
                "bertanggung jawab atas isinya."
            ),
            _signature(found, "Kepala Dinas Komunikasi dan Informatika"),
        ],
        size="a4",
    )


def _names(names: Sequence[str]) -> Table:
    return Table(
        [TableColumn("No.", "count", 6), TableColumn("Alamat", "text", 60, is_wide=True)],
        [(place, name) for place, name in enumerate(names, 1)] or [(1, BLANK)],
    )


def blocked_names(found: Snapshot) -> list[str]:
    """The names that the request is about: those that scans found bad, or else all names of the concerned regions."""
    if found.names:
        return sorted(pair.before.name.name for pair in found.names)
    return sorted(domain for region in found.regions for domain in region.domains.values_list("domain", flat=True))


def in_local_time(found: Snapshot) -> timezone.override:
    """Within the block, times are those of the region."""
    return timezone.override(found.zone)
