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
IMPORT_EMPLOYEES = declare("employees.import", "Mengimpor pegawai dari XLSX", roles=("bkpsdm",), region_wide=True)
ACTIVATE_ACCOUNTS = declare(
    "employees.activate", "Membuat kode aktivasi akun pegawai", roles=("operator_opd", "bkpsdm", "diskominfo")
)
CORRECT_SUPERIOR = declare(
    "employees.correct_superior", "Mengajukan pembetulan atasan sendiri", roles=("asn", "atasan")
)
