"""Permission names of the review of punches."""

from kernel.permissions import declare

REVIEW = declare("punch_review.review", "Meninjau absen", roles=("operator_opd", "bkpsdm"))
SEE_OWN = declare("punch_review.own", "Melihat tinjauan absen sendiri", roles=("asn",))
SET = declare("punch_review.set", "Mengatur bobot tinjauan dan swafoto absen", roles=("bkpsdm",), region_wide=True)
