"""Permission names of the deductions."""

from kernel.permissions import declare

READ = declare(
    "deductions.read", "Melihat potongan dan zakat", roles=("bkpsdm", "bpkad", "inspektorat"), region_wide=True
)
RECORD = declare("deductions.record", "Mencatat potongan menurut daftar", roles=("bkpsdm", "bpkad"), region_wide=True)
# The person's own consent; no official gives or takes it back for them.
CONSENT = declare("deductions.consent", "Memberi atau menarik persetujuan zakat", roles=("asn",))
