"""The papers that the platform knows (domain note 6.1): title, form, columns, who signs, and by which words a region
names them in its document set.

Papers are official Indonesian documents in every language of the pages, so their words are not translated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

# Numbers of `Signer.Role`, so that this table needs no model.
HEAD, STAFF_AFFAIRS, TREASURER, ACTIVITY_OFFICER, EXAMINER, BKPSDM = range(1, 7)

Form = Literal["list", "cover", "accounts", "statement", "receipt", "releases", "differences", "difference_payment"]


@dataclass(frozen=True, slots=True)
class PaperKind:
    """One kind of paper. `columns` and `roles` count where the region's document set names none.

    `short` fills {dokumen} of a number. `of_scores`: tells of attendance and scores, which THR and 13th do not have.
    """

    code: str
    title: str
    short: str
    form: Form
    columns: tuple[str, ...] = ()
    roles: tuple[int, ...] = (TREASURER, HEAD)
    names: tuple[str, ...] = ()
    of_scores: bool = False


ATTENDANCE: Final = PaperKind(
    "kehadiran",
    "Rekapitulasi Kehadiran Pegawai",
    "RKH",
    "list",
    ("hari kerja", "jumlah tiap kode kehadiran", "persentase hadir"),
    (STAFF_AFFAIRS, HEAD),
    ("rekapitulasi kehadiran", "rekap kehadiran", "rekap absensi"),
    of_scores=True,
)
DISCIPLINE: Final = PaperKind(
    "disiplin",
    "Rekapitulasi Penilaian Disiplin Kerja",
    "RDK",
    "list",
    ("poin pelanggaran", "nilai disiplin", "bobot disiplin"),
    (STAFF_AFFAIRS, HEAD),
    ("rekapitulasi penilaian disiplin", "rekapitulasi disiplin", "rekap disiplin"),
    of_scores=True,
)
PRODUCTIVITY: Final = PaperKind(
    "produktivitas",
    "Rekapitulasi Produktivitas Kerja",
    "RPK",
    "list",
    ("persentase skp", "tujuh nilai perilaku", "bobot produktivitas"),
    (STAFF_AFFAIRS, HEAD),
    ("rekapitulasi produktivitas", "rekap produktivitas", "rekapitulasi kinerja"),
    of_scores=True,
)
ASSESSMENT: Final = PaperKind(
    "penilaian",
    "Rekapitulasi Penilaian TPP",
    "RPT",
    "list",
    ("tiap bobot", "jumlah persentase"),
    (STAFF_AFFAIRS, HEAD),
    ("rekapitulasi penilaian tpp", "rekap penilaian"),
    of_scores=True,
)
CALCULATION: Final = PaperKind(
    "perhitungan",
    "Daftar Perhitungan TPP",
    "DPT",
    "list",
    ("pagu", "persentase", "jumlah", "pph", "bersih"),
    names=("daftar perhitungan", "rekap tpp", "rekapitulasi tpp", "rekap pembayaran"),
)
REQUEST: Final = PaperKind(
    "permintaan",
    "Daftar Permintaan TPP",
    "DMT",
    "list",
    ("pagu", "jumlah", "pph", "gaji", "bpjs 1 persen", "potongan lain", "bersih"),
    names=("daftar permintaan",),
)
REQUEST_BY_CRITERION: Final = PaperKind(
    "permintaan-kriteria",
    "Daftar Permintaan TPP (BKAD)",
    "DMB",
    "list",
    ("tiap kriteria", "jumlah", "pph", "bpjs 1 persen", "bersih"),
    names=("daftar permintaan tpp (bkad)", "daftar permintaan tpp (bpkad)", "daftar permintaan per kriteria"),
)
PAYMENT: Final = PaperKind(
    "pembayaran",
    "Daftar Pembayaran TPP",
    "DBT",
    "list",
    ("bersih",),
    names=("daftar pembayaran", "lembar pembayaran"),
)
COVER: Final = PaperKind(
    "pengantar",
    "Surat Pengantar",
    "SP",
    "cover",
    roles=(HEAD, EXAMINER),
    names=("surat pengantar",),
)
ACCOUNTS: Final = PaperKind(
    "sampul",
    "Sampul Daftar TPP",
    "SDT",
    "accounts",
    roles=(STAFF_AFFAIRS, HEAD),
    names=("sampul daftar", "kulit tpp"),
)
STATEMENT: Final = PaperKind(
    "sptjm",
    "Surat Pernyataan Tanggung Jawab Mutlak",
    "SPTJM",
    "statement",
    roles=(HEAD,),
    names=("surat pernyataan tanggung jawab", "sptjm"),
)
RECEIPT: Final = PaperKind(
    "tanda-terima",
    "Daftar Tanda Terima TPP",
    "DTT",
    "receipt",
    ("bersih",),
    names=("daftar tanda terima", "tanda terima"),
)

# In the order in which an OPD hands them in.
CATALOGUE: Final = (
    ATTENDANCE,
    DISCIPLINE,
    PRODUCTIVITY,
    ASSESSMENT,
    CALCULATION,
    REQUEST,
    REQUEST_BY_CRITERION,
    PAYMENT,
    COVER,
    ACCOUNTS,
    STATEMENT,
    RECEIPT,
)
# What a region without a document set of its own hands in.
USUAL: Final = tuple(kind for kind in CATALOGUE if kind is not ACCOUNTS)
# Handed in with every set, named in it or not.
ALWAYS: Final = (STATEMENT, RECEIPT)
# Handed in as well where something that was held is paid.
RELEASES: Final = PaperKind("pelepasan-penahanan", "Daftar Pelepasan Penahanan TPP", "DPP", "releases")
SLIP_CODE: Final = "slip"
DIFFERENCES: Final = PaperKind("daftar-selisih", "Daftar Selisih TPP", "DST", "differences")
DIFFERENCE_PAYMENT: Final = PaperKind(
    "pembayaran-selisih", "Daftar Pembayaran Selisih TPP", "DBS", "difference_payment"
)
# What a difference run has instead of the lists above.
OF_DIFFERENCES: Final = (DIFFERENCES, DIFFERENCE_PAYMENT)

_ROLE_NAMES: Final = (
    ("kasubag", STAFF_AFFAIRS),
    ("pengelola kepegawaian", STAFF_AFFAIRS),
    ("bendahara", TREASURER),
    ("pptk", ACTIVITY_OFFICER),
    ("petugas", EXAMINER),
    ("pemeriksa", EXAMINER),
    ("pejabat bk", BKPSDM),
    ("bkpsdm", BKPSDM),
    ("kepala", HEAD),
    ("pimpinan", HEAD),
    ("direktur", HEAD),
)


def plain(words: str) -> str:
    """Words to compare by: lower case, one blank between them."""
    return " ".join(words.casefold().split())


def kind_named(title: str) -> PaperKind | None:
    """The kind that a region means by this title: the longest name that it begins with; None for a stranger."""
    words = plain(title)
    fitting = [
        (len(name), kind) for kind in CATALOGUE for name in (plain(kind.title), *kind.names) if words.startswith(name)
    ]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


def kind_of(code: str) -> PaperKind | None:
    """The kind with this code."""
    return next((kind for kind in (*CATALOGUE, RELEASES, *OF_DIFFERENCES) if kind.code == code), None)


def role_named(words: str) -> int | None:
    """The signer's role that a region means; None for a stranger."""
    text = plain(words)
    return next((role for name, role in _ROLE_NAMES if name in text), None)
