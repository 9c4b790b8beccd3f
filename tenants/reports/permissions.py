"""Permission names of the reports app."""

from kernel.permissions import declare

READ_PAPERS = declare(
    "papers.read",
    "Melihat dan mengunduh dokumen TPP",
    roles=("operator_opd", "bkpsdm", "inspektorat", "bpkad"),
)
ISSUE_PAPERS = declare("papers.issue", "Menerbitkan dokumen TPP", roles=("operator_opd", "bkpsdm"))
WITHDRAW_PAPERS = declare("papers.withdraw", "Menarik dokumen TPP", roles=("bkpsdm",))
RECAP_LAYOUT = declare("papers.recap_layout", "Menyusun kolom rekap kehadiran", roles=("bkpsdm",), region_wide=True)
PAPER_SETTINGS = declare(
    "papers.settings", "Mengatur kop, nomor, dan penanda tangan dokumen", roles=("operator_opd", "bkpsdm")
)
