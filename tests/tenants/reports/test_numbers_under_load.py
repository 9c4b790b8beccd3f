"""Several people issue the same set at once: each paper once, numbers without a gap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction

from kernel.tenancy.state import RegionState
from kernel.tenancy.threads import in_this_scope
from tenants.organisation.models import Unit
from tenants.reports.models import PaperCounter
from tenants.reports.papers.numbering import next_sequence
from tests.cast import make_opd

PEOPLE, PAPERS = 4, 5


def test_numbers_taken_at_once_have_no_gap_and_no_twin(fresh_region: RegionState) -> None:
    opd = make_opd("1.01", "Dinas Pendidikan")

    def take(person: int) -> list[int]:
        taken = []
        try:
            for paper in range(PAPERS):
                with transaction.atomic():
                    number = next_sequence(Unit.objects.get(pk=opd.pk), "sptjm", 2024)
                    if person == 0 and paper == 2:
                        # This one fails after it took its number, and gives it back.
                        transaction.set_rollback(True)
                    else:
                        taken.append(number)
        finally:
            connection.close()
        return taken

    with ThreadPoolExecutor(PEOPLE) as pool:
        numbers = [number for taken in pool.map(in_this_scope(take), range(PEOPLE)) for number in taken]
    assert sorted(numbers) == list(range(1, PEOPLE * PAPERS))
    assert PaperCounter.objects.get().last == PEOPLE * PAPERS - 1
