"""Permission names of the payout app."""

from kernel.permissions import declare

LOCK = declare("tpp.lock", "Mengunci bulan TPP", roles=("bkpsdm",), region_wide=True)
VERIFY = declare(
    "tpp.verify_lock", "Memeriksa kunci bulan TPP", roles=("bkpsdm", "inspektorat", "bpkad"), region_wide=True
)
