"""Permission names of the calendar."""

from kernel.permissions import declare

VIEW_CALENDAR = declare(
    "calendars.view",
    "Melihat hari libur dan pola kerja",
    roles=("operator_opd", "bkpsdm", "inspektorat", "bpkad", "diskominfo", "kepala_daerah"),
)
MANAGE_CALENDAR = declare(
    "calendars.manage", "Mengelola hari libur dan pola kerja", roles=("bkpsdm",), region_wide=True
)
ROSTER = declare("calendars.roster", "Menyusun jadwal sif pegawai", roles=("operator_opd", "bkpsdm"))
