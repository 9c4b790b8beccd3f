"""Permission names of the region's security page."""

from kernel.permissions import declare

READ = declare(
    "security.read",
    "Melihat keamanan wilayah: insiden, tindakan, kunjungan operator",
    roles=("diskominfo", "inspektorat", "kepala_daerah"),
    region_wide=True,
)
ANSWER = declare(
    "security.answer",
    "Menjawab permintaan insiden dan mengakhiri kunjungan operator",
    roles=("diskominfo",),
    region_wide=True,
)
