"""Permission names of the check before payment."""

from kernel.permissions import declare

READ = declare("preaudit.read", "Melihat hasil pra-audit", roles=("bkpsdm", "inspektorat", "bpkad", "operator_opd"))
CHECK = declare("preaudit.check", "Menjalankan pra-audit", roles=("bkpsdm", "inspektorat"), region_wide=True)
WAIVE = declare("preaudit.waive", "Mengecualikan temuan pra-audit", roles=("bkpsdm", "inspektorat"), region_wide=True)
WAIVE_GRAVE = declare(
    "preaudit.waive_grave", "Mengecualikan temuan pra-audit yang berat", roles=("inspektorat",), region_wide=True
)
