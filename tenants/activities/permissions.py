"""Permission names of activities and their catalogue."""

from kernel.permissions import declare

WRITE = declare("activities.write", "Mengisi aktivitas sendiri", roles=("asn",))
READ_UNIT = declare(
    "activities.read_unit",
    "Membaca aktivitas pegawai di OPD",
    roles=("operator_opd", "bkpsdm", "inspektorat"),
)
READ_CATALOGUE = declare(
    "activities.read_catalogue",
    "Membaca katalog aktivitas",
    roles=("asn", "atasan", "operator_opd", "bkpsdm", "inspektorat"),
)
MANAGE_CATALOGUE = declare(
    "activities.manage_catalogue", "Mengelola katalog aktivitas", roles=("bkpsdm",), region_wide=True
)
