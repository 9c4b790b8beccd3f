"""What a person may do with disturbances."""

from kernel.permissions import declare

READ = declare(
    "disturbances.read",
    "Melihat jam gangguan",
    roles=("operator_opd", "bkpsdm", "inspektorat", "diskominfo"),
)
PROPOSE = declare("disturbances.propose", "Mengusulkan jam gangguan", roles=("operator_opd", "bkpsdm", "diskominfo"))
DECIDE = declare("disturbances.decide", "Menyetujui dan membatalkan jam gangguan", roles=("bkpsdm",), region_wide=True)
