"""Permission names of long work."""

from kernel.permissions import CONTROL_ROLES, REGION_ROLES, declare

VIEW_JOBS = declare("jobs.view", "Melihat kemajuan pekerjaan sendiri", roles=(*REGION_ROLES, *CONTROL_ROLES))
VIEW_ALL_JOBS = declare(
    "jobs.view_all", "Melihat semua pekerjaan", roles=("bkpsdm", "diskominfo", "operator"), region_wide=True
)
