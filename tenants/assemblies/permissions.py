"""What a person may do with assemblies."""

from kernel.permissions import declare

READ = declare("assemblies.read", "Melihat apel dan siapa yang hadir", roles=("operator_opd", "bkpsdm", "inspektorat"))
CALL = declare("assemblies.call", "Memanggil pegawai untuk apel dan upacara", roles=("operator_opd", "bkpsdm"))
INSPECT = declare("assemblies.inspect", "Memanggil sidak", roles=("inspektorat",))
MARK = declare("assemblies.mark", "Mencatat kehadiran apel dengan alasan", roles=("operator_opd", "bkpsdm"))
ATTEND = declare("assemblies.attend", "Hadir apel dengan kode, dan memimpinnya bila ditunjuk", roles=("asn",))
