"""Permission names of the ratings."""

from kernel.permissions import declare

READ = declare("skp.read", "Melihat nilai SKP pegawai", roles=("operator_opd", "bkpsdm", "inspektorat"))
IMPORT = declare("skp.import", "Memasukkan nilai SKP dari lembar kerja", roles=("bkpsdm",), region_wide=True)
