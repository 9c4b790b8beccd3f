"""What a person may do with attendance."""

from kernel.permissions import declare

# Opens the pages about one person or document; whose may be seen is decided in `access`.
READ = declare(
    "attendance.read",
    "Membuka kehadiran dan surat seorang pegawai",
    roles=("asn", "atasan", "operator_opd", "bkpsdm", "inspektorat"),
)
READ_OWN = declare("attendance.read_own", "Melihat kehadiran dan surat sendiri", roles=("asn",))
READ_STAFF = declare("attendance.read_staff", "Melihat kehadiran bawahan", roles=("atasan",))
READ_UNIT = declare(
    "attendance.read_unit", "Melihat kehadiran pegawai OPD", roles=("operator_opd", "bkpsdm", "inspektorat")
)
RECORD = declare("attendance.record", "Mencatat surat kehadiran pegawai", roles=("operator_opd", "bkpsdm"))
COMPUTE = declare("attendance.compute", "Menghitung ulang kehadiran", roles=("bkpsdm",), region_wide=True)
ORDER = declare(
    "attendance.order", "Mengajukan surat tugas untuk banyak pegawai", roles=("atasan", "operator_opd", "bkpsdm")
)
POLICY = declare("attendance.policy", "Mengatur syarat surat kehadiran", roles=("bkpsdm",), region_wide=True)
