"""Permission names of the TPP app."""

from kernel.permissions import declare

READ_OWN = declare("tpp.read_own", "Melihat slip TPP sendiri", roles=("asn",))
# The page of a slip; whose slip it may be is decided in access.py.
OPEN_SLIP = declare(
    "tpp.open_slip",
    "Membuka slip TPP yang boleh dilihat",
    roles=("asn", "operator_opd", "bkpsdm", "inspektorat", "bpkad"),
)
READ_OPD = declare("tpp.read_opd", "Melihat slip TPP pegawai OPD", roles=("operator_opd",))
READ_ALL = declare(
    "tpp.read_all", "Melihat semua slip dan perhitungan TPP", roles=("bkpsdm", "inspektorat", "bpkad"), region_wide=True
)
RUN = declare("tpp.run", "Menjalankan perhitungan TPP", roles=("bkpsdm",), region_wide=True)
SALARY = declare("tpp.salary", "Memasukkan dasar gaji", roles=("bkpsdm", "bpkad"), region_wide=True)
PENALTIES = declare("tpp.penalties", "Mencatat hukuman disiplin", roles=("bkpsdm",), region_wide=True)
PILOT = declare("tpp.pilot", "Memilih OPD latihan dan mengusulkan mulai dibayar", roles=("bkpsdm",), region_wide=True)
PILOT_SIGN = declare(
    "tpp.pilot_sign",
    "Menandatangani mulai dibayar",
    roles=("bkpsdm", "bpkad", "inspektorat"),
    region_wide=True,
)
