"""Permission names of the approvals."""

from kernel.permissions import declare

# Who decides what is said by the chain; this only opens the inbox, which is also where returned documents are seen.
DECIDE = declare(
    "approvals.decide",
    "Memutuskan dokumen yang diajukan kepadanya",
    roles=("asn", "atasan", "operator_opd", "bkpsdm", "inspektorat", "bpkad", "diskominfo", "kepala_daerah"),
)
HAND_IN_REGION = declare(
    "approvals.hand_in_region", "Mengajukan dokumen daerah untuk disetujui", roles=("bkpsdm",), region_wide=True
)
READ_DELAYS = declare(
    "approvals.read_delays",
    "Melihat keterlambatan keputusan semua atasan",
    roles=("bkpsdm", "inspektorat", "kepala_daerah"),
    region_wide=True,
)
MANAGE_CHAINS = declare("approvals.manage_chains", "Mengatur rantai persetujuan", roles=("bkpsdm",), region_wide=True)
