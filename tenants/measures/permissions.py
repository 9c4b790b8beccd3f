"""Permission names of the measures."""

from kernel.permissions import declare

READ = declare("measures.read", "Melihat ukuran bulanan", roles=("bkpsdm", "inspektorat", "bpkad"), region_wide=True)
RECORD = declare("measures.record", "Mengisi ukuran bulanan", roles=("bkpsdm",), region_wide=True)
