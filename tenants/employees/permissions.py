"""Permission names of the people pages."""

from kernel.permissions import declare

VIEW_EMPLOYEES = declare(
    "employees.view",
    "Melihat data pegawai",
    roles=("operator_opd", "bkpsdm", "inspektorat", "bpkad", "diskominfo", "kepala_daerah"),
)
MANAGE_EMPLOYEES = declare(
    "employees.manage", "Mengelola data dan penempatan pegawai", roles=("operator_opd", "bkpsdm")
)
RECORD_STOPS = declare(
    "employees.stops", "Mencatat pensiun, tugas belajar, dan penghentian lain", roles=("operator_opd", "bkpsdm")
)
IMPORT_EMPLOYEES = declare("employees.import", "Mengimpor pegawai dari XLSX", roles=("bkpsdm",), region_wide=True)
ACTIVATE_ACCOUNTS = declare(
    "employees.activate", "Membuat kode aktivasi akun pegawai", roles=("operator_opd", "bkpsdm", "diskominfo")
)
CORRECT_SUPERIOR = declare(
    "employees.correct_superior", "Mengajukan pembetulan atasan sendiri", roles=("asn", "atasan")
)
RECORD_ACCOUNTS = declare(
    "employees.record_accounts", "Mengisi rekening pegawai", roles=("operator_opd", "bendahara", "bkpsdm", "bpkad")
)
# The number in full; everybody else sees its last four digits.
READ_ACCOUNTS = declare("employees.read_accounts", "Melihat nomor rekening utuh", roles=("bendahara", "bpkad"))
CONFIRM_ACCOUNTS = declare(
    "employees.confirm_accounts", "Mengonfirmasi rekening yang berubah", roles=("bendahara", "bkpsdm", "bpkad")
)
IMPORT_ACCOUNTS = declare(
    "employees.import_accounts", "Mengimpor rekening pegawai", roles=("bkpsdm", "bpkad"), region_wide=True
)
