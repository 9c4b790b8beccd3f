"""Permission names of the texts app."""

from kernel.permissions import declare

REVIEW_TEXTS = declare(
    "texts.review", "Meninjau tulisan yang ditahan", roles=("bkpsdm", "diskominfo"), region_wide=True
)
