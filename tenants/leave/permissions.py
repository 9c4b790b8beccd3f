"""What a person may do with leave."""

from kernel.permissions import declare

OWN = declare("leave.own", "Mengajukan cuti dan melihat saldo sendiri", roles=("asn",))
READ = declare("leave.read", "Melihat saldo cuti pegawai", roles=("operator_opd", "bkpsdm", "inspektorat"))
RECORD = declare("leave.record", "Mencatat cuti dan mengunggah saldo awal", roles=("operator_opd", "bkpsdm"))
MANAGE = declare("leave.manage", "Mengatur jenis cuti dan mengoreksi saldo cuti", roles=("bkpsdm",), region_wide=True)
