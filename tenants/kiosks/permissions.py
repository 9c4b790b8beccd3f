"""What a person may do with screens, tablets and PINs."""

from kernel.permissions import declare

MANAGE = declare("kiosks.manage", "Mengatur kode kantor, kios dan PIN kios", roles=("operator_opd", "bkpsdm"))
SHOW = declare("kiosks.show", "Menampilkan kode kantor", roles=("atasan", "operator_opd", "bkpsdm"))
OWN_PIN = declare("kiosks.own_pin", "Mengatur PIN kios sendiri", roles=("asn",))
