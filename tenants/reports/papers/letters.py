"""The papers that are read as letters: covering letter with its examiner's copy, cover by account, statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from kernel.date_words import month_words
from kernel.money import exact, quotient
from kernel.papers.blocks import (
    Block,
    Foot,
    Heading,
    NewPage,
    Numbered,
    Pairs,
    Paragraph,
    Signatures,
    Table,
    TableColumn,
)
from kernel.papers.values import Value
from kernel.tenancy.context import current_region
from kernel.web.templatetags.kd import number, rupiah
from tenants.reports.models import Signer
from tenants.reports.papers.columns import ColumnCatalogue
from tenants.reports.papers.number_words import rupiah_words
from tenants.reports.papers.opd_month import OpdMonth
from tenants.reports.papers.plan import KIND_WORDS, ORDINARY, others
from tenants.reports.papers.rows import rows_of

if TYPE_CHECKING:
    from tenants.reports.papers.dressing import Dressing
# Permendagri 90/2019: what the region pays of the health contribution.
EMPLOYER_ACCOUNT: Final = "5.1.01.01.09.0001"
_HUNDREDTH: Final = Decimal("0.01")
_AMOUNTS: Final = (
    ("Pagu TPP", "pagu"),
    ("Jumlah TPP", "gross"),
    ("PPh 21", "tax"),
    ("Iuran BPJS 1%", "contributions"),
    ("Potongan lain", "other_deductions"),
    ("Pembulatan", "rounding"),
    ("Jumlah bersih", "net"),
)


@dataclass
class Summary:
    """An OPD-month in figures: sums for each part, means over everybody, people with a discipline decision."""

    parts: dict[str, dict[str, Any]]
    means: list[tuple[str, Decimal]] = field(default_factory=list)
    punished: list[tuple[str, str, str, str]] = field(default_factory=list)
    exact_net: Decimal = Decimal(0)
    held: int = 0
    held_net: Decimal = Decimal(0)
    employer: Decimal = Decimal(0)
    criteria: dict[str, Decimal] = field(default_factory=dict)

    def total(self, name: str) -> Decimal:
        """Sum over the parts."""
        return sum((sums[name] or Decimal(0) for sums in self.parts.values()), Decimal(0))

    @property
    def people(self) -> int:
        return sum(sums["people"] for sums in self.parts.values())


def summary_of(opd_month: OpdMonth) -> Summary:
    """Read once over the OPD's people."""
    catalogue = ColumnCatalogue(opd_month.rule_set)
    averages = catalogue.averages() if opd_month.kind == ORDINARY else ()
    sums = {part: opd_month.slips(part).sums() for part in opd_month.plan.parts}
    found = Summary({part: values for part, values in sums.items() if values["people"]})
    counted: dict[str, tuple[Decimal, int]] = {title: (Decimal(0), 0) for title, _ in averages}
    for part in found.parts:
        for row in rows_of(opd_month.slips(part)):
            slip = row.slip
            found.exact_net += exact(slip.unrounded.get("net", slip.net))
            found.employer += row.employer
            for code in catalogue.criteria:
                found.criteria[code] = found.criteria.get(code, Decimal(0)) + exact(slip.criteria.get(code, "0"))
            if slip.is_held:
                found.held, found.held_net = found.held + 1, found.held_net + slip.net
            for title, value in averages:
                score = value(row)
                if score is not None:
                    total, many = counted[title]
                    counted[title] = total + score, many + 1
            found.punished += [
                (slip.heading["name"], slip.heading["nip"], penalty["level"], penalty.get("reference", ""))
                for penalty in row.facts.get("penalties", ())
            ]
    found.means = [
        (title, quotient(total, Decimal(many)).quantize(_HUNDREDTH, ROUND_HALF_UP))
        for title, (total, many) in counted.items()
        if many
    ]
    return found


def cover(opd_month: OpdMonth, dressing: Dressing) -> list[Block]:
    """The covering letter to the regional secretary; the examiner's copy follows by `with_examiner`."""
    region = current_region()
    found = summary_of(opd_month)
    month = month_words(opd_month.month)
    words = KIND_WORDS[opd_month.kind]
    blocks: list[Block] = [
        Pairs(
            [
                ("Sifat", "Penting"),
                ("Lampiran", "1 (satu) berkas"),
                ("Hal", f"Permintaan pembayaran {words} bulan {month}"),
            ]
        ),
        Paragraph(f"Yth. Sekretaris Daerah {region.name}\ndi {dressing.place}", is_layout=True),
        Paragraph(
            f"Bersama ini kami sampaikan daftar {words} {opd_month.opd.name} bulan {month} "
            f"untuk {number(found.people)} pegawai, dengan rincian sebagai berikut."
        ),
        _amounts(opd_month, found),
        Paragraph(
            "Tiap jumlah adalah penjumlahan angka pegawai yang sudah dibulatkan. Selisih jumlah bersih terhadap "
            f"jumlah yang belum dibulatkan: {rupiah(found.total('net') - found.exact_net)}."
        ),
    ]
    if found.held:
        blocks.append(
            Paragraph(
                f"Dari jumlah bersih itu ditahan menurut aturan: {number(found.held)} pegawai, "
                f"{rupiah(found.held_net)}."
            )
        )
    if found.means:
        blocks += [
            Heading("Rata-rata penilaian"),
            Table(
                [TableColumn("Uraian", "text", 40, is_wide=True), TableColumn("Rata-rata", "figure", 14)],
                [[title, mean] for title, mean in found.means],
            ),
        ]
    blocks.append(Heading("Pegawai yang dikenai hukuman disiplin"))
    if found.punished:
        blocks.append(
            Table(
                [
                    TableColumn("No.", "count", 5),
                    TableColumn("Nama", "text", 30, is_wide=True),
                    TableColumn("NIP", "text", 21),
                    TableColumn("Tingkat", "text", 12),
                    TableColumn("Nomor keputusan", "text", 26),
                ],
                [[place, *entry] for place, entry in enumerate(found.punished, 1)],
            )
        )
    else:
        blocks.append(Paragraph("Nihil."))
    blocks.append(Paragraph("Demikian disampaikan, atas perhatian Bapak/Ibu diucapkan terima kasih."))
    return blocks


def _amounts(opd_month: OpdMonth, found: Summary) -> Table:
    names = [part or others(opd_month.plan.apart) for part in found.parts]
    rows: list[list[Value]] = [
        ["Jumlah pegawai", *(sums["people"] for sums in found.parts.values()), found.people],
    ]
    for label, name in _AMOUNTS:
        values = [sums[name] or Decimal(0) for sums in found.parts.values()]
        if any(values) or name not in ("other_deductions", "rounding"):
            rows.append([label, *values, found.total(name)])
    rows.append(
        [
            "Selisih pagu dan jumlah bersih",
            *((sums["pagu"] or 0) - (sums["net"] or 0) for sums in found.parts.values()),
            found.total("pagu") - found.total("net"),
        ]
    )
    return Table(
        [
            TableColumn("Uraian", "text", 34, is_wide=True),
            *(TableColumn(name, "money", 18) for name in names),
            TableColumn("Jumlah", "money", 18),
        ],
        rows,
    )


def with_examiner(blocks: list[Block], signatures: Signatures, roles: Sequence[int]) -> list[Block]:
    """The letter with the head's signature; behind it, for the examiner to sign, the figures once more."""
    ordered = [role for role in roles if role != Signer.Role.HEAD] + [r for r in roles if r == Signer.Role.HEAD]
    signed = dict(zip(ordered, signatures.signers, strict=True))
    head = [signature for role, signature in signed.items() if role == Signer.Role.HEAD]
    others_ = [signature for role, signature in signed.items() if role != Signer.Role.HEAD]
    letter = [*blocks, Signatures(head or signatures.signers)]
    if not others_ or not head:
        return letter
    copied = [
        Table(list(block.columns), list(block.rows)) if isinstance(block, Table) else block
        for block in blocks
        if isinstance(block, Table | Heading) or block == Paragraph("Nihil.")
    ]
    return [
        *letter,
        NewPage(),
        Heading("Lembar petugas pemeriksa"),
        Paragraph("Angka di bawah ini telah diperiksa dan sesuai dengan daftar terlampir."),
        *copied,
        Signatures(others_),
    ]


def accounts(opd_month: OpdMonth) -> list[Block]:
    """What is asked for under each budget account (Permendagri 90/2019), and the employer's contribution."""
    found = summary_of(opd_month)
    titles = opd_month.rule_set.criteria
    rows: list[list[Value]] = [
        [titles[code].account or "–", titles[code].label, amount] for code, amount in sorted(found.criteria.items())
    ]
    total = sum(found.criteria.values(), Decimal(0))
    other = found.total("gross") - total
    if other:
        rows.append(["–", "Tambahan di luar kriteria", other])
    employer = found.employer.quantize(Decimal(1), ROUND_HALF_UP)
    if employer:
        rows.append([EMPLOYER_ACCOUNT, "Iuran jaminan kesehatan (pemberi kerja)", employer])
    return [
        Pairs(
            [
                ("Jumlah pegawai", number(found.people)),
                ("PPh 21", rupiah(found.total("tax"))),
                ("Iuran BPJS 1%", rupiah(found.total("contributions"))),
                ("Jumlah bersih", rupiah(found.total("net"))),
            ]
        ),
        Table(
            [
                TableColumn("Kode rekening", "text", 22),
                TableColumn("Uraian", "text", 40, is_wide=True),
                TableColumn("Jumlah", "money", 20),
            ],
            rows,
            [Foot("Jumlah", [total + other + employer])],
        ),
    ]


def statement(opd_month: OpdMonth, dressing: Dressing) -> list[Block]:
    """The head's statement of full responsibility."""
    head = dressing.signers.get(Signer.Role.HEAD)
    found = summary_of(opd_month)
    net = found.total("net")
    words = f"{KIND_WORDS[opd_month.kind]} bulan {month_words(opd_month.month)}"
    return [
        Paragraph("Yang bertanda tangan di bawah ini:"),
        Pairs(
            [
                ("Nama", head.name if head else ""),
                ("NIP", head.nip if head else ""),
                ("Pangkat, golongan", head.rank if head else ""),
                ("Jabatan", head.title if head else ""),
            ],
            is_layout=True,
        ),
        Paragraph("menyatakan dengan sesungguhnya bahwa:"),
        Numbered(
            [
                f"Perhitungan {words} pada {opd_month.opd.name} untuk {number(found.people)} pegawai sebesar "
                f"{rupiah(net)} ({rupiah_words(net)}) telah dihitung dengan benar berdasarkan kehadiran dan "
                "penilaian kinerja pegawai.",
                "Apabila di kemudian hari terdapat kelebihan pembayaran, kami bersedia menyetorkan kelebihan itu ke "
                "kas daerah.",
                "Bukti pendukung disimpan pada perangkat daerah kami untuk kelengkapan administrasi dan keperluan "
                "pemeriksaan.",
            ]
        ),
        Paragraph("Demikian pernyataan ini dibuat dengan sebenarnya."),
    ]
