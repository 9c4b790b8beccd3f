"""Permission names of the organisation pages."""

from kernel.permissions import declare

VIEW_ORGANISATION = declare(
    "organisation.view",
    "Melihat OPD, unit dan jabatan",
    roles=("operator_opd", "bkpsdm", "inspektorat", "bpkad", "diskominfo", "kepala_daerah"),
)
MANAGE_ORGANISATION = declare("organisation.manage", "Mengubah nama unit dan jabatan", roles=("operator_opd", "bkpsdm"))
# Class, category and superior move money and approvals, so an OPD does not set its own.
CLASSIFY_ORGANISATION = declare(
    "organisation.classify", "Mengubah kelas, kategori dan atasan jabatan", roles=("bkpsdm",), region_wide=True
)
