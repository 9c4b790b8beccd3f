"""What a slip's page says of differences: those of its month, and what its month took back for others."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.web.templatetags.kd import rupiah
from tenants.arrears.codes import RECOVERY_CODE
from tenants.arrears.models import DifferenceSlip
from tenants.tpp.models import Slip
from tenants.tpp.slip_extras import Note


def of_differences(slip: Slip, user: User) -> Iterable[Note]:
    """The locked differences of the slip's month, and its instalment of a recovery."""
    found = DifferenceSlip.objects.locked().filter(slip=slip).defer("facts_text", "heading").order_by("-pk")
    newest = found.first()
    if newest is not None:
        total = found.aggregate(total=Sum("net"))["total"]
        yield Note(
            kind="info",
            title=_("Ada selisih sesudah bulan ini dikunci"),
            text=_("Bersih bulan ini seluruhnya menjadi %(net)s, selisihnya %(total)s.")
            % {"net": rupiah(slip.net + total), "total": rupiah(total)},
            url=reverse("arrears-slip", args=[newest.uid]),
            link=_("Lihat slip selisih"),
        )
    if not slip.other_deductions:
        return
    taken = sum(
        line.amount or 0
        for line in slip.lines.all()
        if line.column == "deduction" and line.inputs.get("code") == RECOVERY_CODE
    )
    if taken:
        is_own = slip.employee.user_id == user.pk
        yield Note(
            kind="wait",
            title=_("Ada pengembalian pada bulan ini"),
            text=_("%(taken)s dipotong untuk yang dulu terlalu banyak dibayar.") % {"taken": rupiah(taken)},
            url=reverse("arrears-own") if is_own else "",
            link=_("Lihat sisanya") if is_own else "",
        )
