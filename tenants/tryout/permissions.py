"""Permission names of the try-out. Who may write rules may start one (`rules.edit`)."""

from kernel.permissions import declare
from tenants.rules.permissions import EDIT as START

READ = declare(
    "tryout.read",
    "Melihat uji coba aturan TPP",
    roles=("bkpsdm", "bpkad", "inspektorat", "kepala_daerah"),
    region_wide=True,
)

__all__ = ["READ", "START"]
