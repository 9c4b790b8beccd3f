"""Permission names of the incident desk."""

from kernel.permissions import declare

READ = declare("incidents.read", "Melihat insiden", roles=("operator",))
WORK = declare("incidents.work", "Menangani insiden", roles=("operator",))
SET_CLOCKS = declare("incidents.set_clocks", "Mengubah tenggat hukum dan templat tugas", roles=("operator",))
