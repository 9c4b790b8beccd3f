"""Permission names of the appeals."""

from kernel.permissions import declare

FILE = declare("appeals.file", "Mengajukan keberatan atas slip sendiri", roles=("asn",))
OPEN = declare(
    "appeals.open",
    "Membuka keberatan yang boleh dilihat",
    roles=("asn", "atasan", "operator_opd", "bkpsdm", "inspektorat", "bpkad"),
)
READ = declare("appeals.read", "Melihat keberatan pegawai", roles=("operator_opd", "bkpsdm", "inspektorat"))
REMEDY = declare("appeals.remedy", "Menentukan hasil keberatan", roles=("bkpsdm",), region_wide=True)
