"""What a person may do with machines."""

from kernel.permissions import declare

MACHINE = declare("machines.manage", "Mengunggah log mesin absen", roles=("operator_opd", "bkpsdm"))
