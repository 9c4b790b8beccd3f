"""Permission names of the places of work."""

from kernel.permissions import declare

VIEW_PLACES = declare(
    "places.view", "Melihat titik dan wilayah absen", roles=("operator_opd", "bkpsdm", "inspektorat", "diskominfo")
)
MANAGE_PLACES = declare("places.manage", "Mengatur titik dan wilayah absen", roles=("operator_opd", "bkpsdm"))
