"""Permission names of the continuity kit."""

from kernel.permissions import declare

KIT = declare("continuity.kit", "Mengambil paket cadangan dan memasukkan isian absen", roles=("operator_opd", "bkpsdm"))
APPROVE = declare("continuity.approve", "Menyetujui isian absen manual", roles=("bkpsdm",), region_wide=True)
