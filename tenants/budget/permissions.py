"""Permission names of the budget."""

from kernel.permissions import declare

READ = declare(
    "budget.read", "Melihat pagu anggaran", roles=("bpkad", "bkpsdm", "inspektorat", "kepala_daerah"), region_wide=True
)
RECORD = declare("budget.record", "Mencatat pagu anggaran dan kode rekening", roles=("bpkad",), region_wide=True)
DECIDE = declare("budget.decide", "Memutuskan kekurangan anggaran", roles=("bpkad",), region_wide=True)
