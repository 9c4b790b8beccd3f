"""What publishing a rule set means for months that are locked: counted, and said before anybody signs."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, F
from django.utils.translation import gettext as _

from kernel.date_words import month_words
from tenants.rules import publishing
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthFacts, MonthLock


@publishing.foresight
def locked_months_of(stored: StoredRuleSet) -> Iterable[str]:
    """How many locked months, OPDs and people the rule set reaches back to. Two statements."""
    locks = MonthLock.objects.standing().ordinary().filter(month__gte=stored.valid_from)
    if stored.valid_to is not None:
        locks = locks.filter(month__lt=stored.valid_to)
    months = sorted(set(locks.values_list("month", flat=True)))
    if not months:
        return []
    frozen = MonthFacts.objects.filter(run__locks__in=locks, opd=F("run__locks__opd"), is_practice=False)
    counts = frozen.aggregate(people=Count("employee", distinct=True), opds=Count("opd", distinct=True))
    return [
        _(
            "Bulan yang sudah dikunci di dalam masa berlakunya: %(count)d (%(first)s sampai %(last)s), di %(opds)d "
            "OPD, dengan %(people)d pegawai. Bulan itu tetap memakai aturan saat dikunci; selisihnya dibayar atau "
            "dipotong lewat perhitungan selisih."
        )
        % {
            "count": len(months),
            "first": month_words(months[0]),
            "last": month_words(months[-1]),
            **counts,
        }
    ]
