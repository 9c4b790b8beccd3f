"""Permission names of the SKP."""

from kernel.permissions import declare

OWN = declare("skp.own", "Menyusun SKP sendiri dan mengisi realisasi", roles=("asn",))
# Whom one may assess is said by the reporting lines; this only opens the pages.
ASSESS = declare("skp.assess", "Menilai SKP bawahan langsung", roles=("asn", "atasan", "kepala_daerah"))
# PermenPANRB 6/2022: who has no superior in the map of posts is assessed by the head of the region.
ASSESS_TOP = declare(
    "skp.assess_top", "Menilai SKP pejabat yang tidak memiliki atasan", roles=("kepala_daerah",), region_wide=True
)
READ = declare("skp.read", "Melihat nilai SKP pegawai", roles=("operator_opd", "bkpsdm", "inspektorat"))
IMPORT = declare("skp.import", "Memasukkan nilai SKP dari lembar kerja", roles=("bkpsdm",), region_wide=True)
CONFIGURE = declare(
    "skp.configure", "Mengatur sumber dan periode SKP, predikat organisasi", roles=("bkpsdm",), region_wide=True
)
