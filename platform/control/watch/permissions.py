"""Permission names of the monitoring pages."""

from kernel.permissions import declare

SEE = declare("watch.see", "Melihat peristiwa keamanan semua wilayah", roles=("operator",), region_wide=True)
CHANGE = declare("watch.change", "Mengubah deteksi", roles=("operator",), region_wide=True)
