"""Permission names of the files app."""

from kernel.permissions import declare

REVIEW = declare("files.review", "Meninjau berkas yang ditahan", roles=("diskominfo", "operator"), region_wide=True)
