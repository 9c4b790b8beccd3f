"""Permission names of holds and releases."""

from kernel.permissions import declare

READ = declare(
    "holds.read", "Melihat pembayaran yang ditahan", roles=("bkpsdm", "inspektorat", "bpkad"), region_wide=True
)
HOLD = declare(
    "holds.hold", "Menahan pembayaran TPP seorang pegawai", roles=("bkpsdm", "inspektorat"), region_wide=True
)
RELEASE = declare("holds.release", "Melepas pembayaran yang ditahan", roles=("bkpsdm",), region_wide=True)
CONFIRM = declare(
    "holds.confirm", "Menyetujui pelepasan sebagai orang kedua", roles=("bkpsdm", "inspektorat"), region_wide=True
)
