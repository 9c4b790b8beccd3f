"""Permission names of the inspectorate's workspace."""

from kernel.permissions import declare

EXAMINE = declare(
    "oversight.examine", "Memeriksa bulan pegawai dan membuat temuan", roles=("inspektorat",), region_wide=True
)
ANSWER = declare("oversight.answer", "Menjawab temuan pegawai OPD", roles=("operator_opd",))
DECIDE = declare("oversight.decide_correction", "Memutuskan usulan koreksi temuan", roles=("bkpsdm",), region_wide=True)
READ = declare("oversight.read", "Melihat temuan dan usulan koreksi", roles=("inspektorat", "bkpsdm"), region_wide=True)
