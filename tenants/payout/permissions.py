"""Permission names of the payout app."""

from kernel.permissions import declare

LOCK = declare("tpp.lock", "Mengunci bulan TPP", roles=("bkpsdm",), region_wide=True)
VERIFY = declare(
    "tpp.verify_lock", "Memeriksa kunci bulan TPP", roles=("bkpsdm", "inspektorat", "bpkad"), region_wide=True
)
# By the office of a signature (`LockSignature.Office`).
SIGN = {
    "bkpsdm": declare("tpp.sign_bkpsdm", "Menandatangani kunci TPP untuk BKPSDM", roles=("bkpsdm",), region_wide=True),
    "inspektorat": declare(
        "tpp.sign_inspektorat", "Menandatangani kunci TPP untuk Inspektorat", roles=("inspektorat",), region_wide=True
    ),
    "bpkad": declare("tpp.sign_bpkad", "Menandatangani kunci TPP untuk BPKAD", roles=("bpkad",), region_wide=True),
}
REOPEN = declare(
    "tpp.reopen_lock", "Mengusulkan dan menyetujui buka kunci TPP", roles=("bkpsdm", "inspektorat"), region_wide=True
)
SEE_BOARD = declare(
    "payout.see_board",
    "Melihat posisi pembayaran semua OPD",
    roles=("bkpsdm", "inspektorat", "bpkad", "kepala_daerah"),
    region_wide=True,
)
SEE_OWN_OPD = declare(
    "payout.see_own_opd",
    "Melihat posisi pembayaran OPD sendiri",
    roles=("asn", "atasan", "operator_opd", "bendahara"),
)
# The page of one OPD's month; whose it may be is decided in parcels/access.py.
OPEN_PARCEL = declare(
    "payout.open_parcel",
    "Membuka posisi pembayaran yang boleh dilihat",
    roles=("asn", "atasan", "operator_opd", "bendahara", "bkpsdm", "inspektorat", "bpkad", "kepala_daerah"),
)
CLOSE_OPD = declare("payout.close_opd", "Menutup bulan OPD", roles=("operator_opd",))
CHECK_OPD = declare("payout.check_opd", "Memeriksa bulan OPD", roles=("bkpsdm",), region_wide=True)
CHECK_CEILING = declare("payout.check_ceiling", "Memeriksa pagu OPD", roles=("bpkad",), region_wide=True)
SET_PATIENCE = declare(
    "payout.set_patience", "Mengatur batas waktu langkah pembayaran", roles=("bkpsdm",), region_wide=True
)
REQUEST = declare("payout.request", "Mengajukan SPP dan mencatat SPM", roles=("bendahara",))
ORDER_PAYMENT = declare(
    "payout.order_payment",
    "Mencatat SP2D, membuat daftar susulan, dan menandai dibayar",
    roles=("bpkad",),
    region_wide=True,
)
TAKE_FILES = declare(
    "payout.take_files",
    "Melihat daftar pembayaran dan mengunduh berkas bank dan keuangan",
    roles=("bpkad", "bendahara"),
)
