"""Permission names of the approvals."""

from kernel.permissions import declare

# Who decides what is said by the chain; this only opens the inbox, which is also where returned documents are seen.
DECIDE = declare(
    "approvals.decide",
    "Memutuskan dokumen yang diajukan kepadanya",
    roles=("asn", "atasan", "operator_opd", "bkpsdm", "inspektorat", "bpkad", "diskominfo", "kepala_daerah"),
)
MANAGE_CHAINS = declare("approvals.manage_chains", "Mengatur rantai persetujuan", roles=("bkpsdm",), region_wide=True)
