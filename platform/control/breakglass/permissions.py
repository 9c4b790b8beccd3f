"""Permission names of break-glass entry."""

from kernel.permissions import declare

ENTER = declare("breakglass.enter", "Masuk ke wilayah sebagai tamu", roles=("operator",))
