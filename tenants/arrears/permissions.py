"""Permission names of the arrears app. Runs and slips of differences are seen and started as the month's own are."""

from kernel.permissions import declare

ORDER = declare(
    "arrears.order", "Menetapkan tambahan atau pengurangan bulan terkunci", roles=("bkpsdm",), region_wide=True
)
SHARE = declare("arrears.share", "Menetapkan batas pengembalian per bulan", roles=("bkpsdm",), region_wide=True)
