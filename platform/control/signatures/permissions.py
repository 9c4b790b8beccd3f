"""Permission names of signatures."""

from kernel.permissions import declare

CONFIRM = declare("signatures.confirm", "Mencari tanda serangan di semua wilayah", roles=("operator",))
