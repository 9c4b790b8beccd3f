"""Permission names of the operators."""

from kernel.permissions import declare

SEE_REGIONS = declare("console.see_regions", "Melihat semua wilayah", roles=("operator", "billing"))
PROVISION = declare("console.provision", "Menyiapkan wilayah baru", roles=("operator",))
