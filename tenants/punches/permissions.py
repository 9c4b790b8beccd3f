"""What a person may do with punches."""

from kernel.permissions import declare

PUNCH = declare("punches.punch", "Absen dari HP", roles=("asn",))
PHONES = declare("punches.phones", "Mengonfirmasi dan mencabut HP pegawai", roles=("operator_opd", "bkpsdm"))
