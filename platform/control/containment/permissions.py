"""Permission names of containment. The names of the console's former switches stay, so that stored roles stay valid."""

from kernel.permissions import declare

CONTAIN = declare("console.switch", "Memasang dan mencabut tindakan atas wilayah", roles=("operator",))
