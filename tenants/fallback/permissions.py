"""Permission names of the month by sheets."""

from kernel.permissions import declare

UPLOAD = declare("fallback.upload", "Memasukkan lembar manual", roles=("operator_opd", "bkpsdm"))
CONFIRM = declare("fallback.confirm", "Mengonfirmasi lembar manual", roles=("bkpsdm", "inspektorat"), region_wide=True)
