"""What a worker finds in activities that were handed in: copied words, unusual points. A remark, never a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.delivery.models import OutboxMessage
from tenants.activities.actions import SCREEN_TASK, save_activity, send_activity, withdraw_activity
from tenants.activities.models import Activity, JobKind, TextTrace
from tenants.activities.screening import screen
from tenants.approvals.models import ApprovalRequest, Decision
from tenants.approvals.undoing import undo_approvals
from tests.cast import Office, Person, make_employee, make_user
from tests.tenants.activities.work import THURSDAY, approve, entry, make_kind, remarks_on

LONG = "Menyusun rekapitulasi data guru honorer per kecamatan untuk bahan rapat"
OWN = "Uraian hampir sama dengan hari-hari sebelumnya"
OTHERS = "Uraian hampir sama dengan aktivitas pegawai lain"
DAY = date(2026, 11, 19)


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(THURSDAY):
        yield


def send(person: Person, kind: JobKind, **values: object) -> Activity:
    return send_activity(employee=person.employee, draft=entry(kind, **values), actor=person.user)


def on_day(back: int) -> dict[str, date]:
    return {"date": DAY - timedelta(days=back)}


def test_handing_in_asks_a_worker_to_look(ani: Person, budi: Person, run_outbox: Callable[[], int]) -> None:
    activity = send(ani, make_kind(), description=LONG)
    message = OutboxMessage.objects.get(task=SCREEN_TASK)
    assert message.kwargs == {"uids": [str(activity.uid)]}
    run_outbox()
    assert TextTrace.objects.get().activity == activity
    assert remarks_on(activity) == []


def test_the_same_words_by_somebody_else_are_a_remark(
    ani: Person, citra: Person, budi: Person, run_outbox: Callable[[], int]
) -> None:
    kind = make_kind()
    first = send(citra, kind, description=LONG)
    run_outbox()
    second = send(ani, kind, description=f"{LONG.upper()}, hari ini")
    run_outbox()
    assert (remarks_on(first), remarks_on(second)) == ([], [OTHERS])
    assert ApprovalRequest.objects.get(document_uid=second.uid).is_exception


def test_the_same_words_on_a_third_day_are_a_remark(ani: Person, budi: Person, run_outbox: Callable[[], int]) -> None:
    kind = make_kind()
    for back in (2, 1, 0):
        last = send(ani, kind, description=LONG, **on_day(back))
        run_outbox()
        assert OWN in remarks_on(last) if back == 0 else OWN not in remarks_on(last)


def test_ones_own_words_of_long_ago_are_no_remark(ani: Person, budi: Person) -> None:
    kind = make_kind()
    for back in (40, 39, 0):
        last = send(ani, kind, description=LONG, **on_day(back))
    screen([last.uid])
    assert OWN not in remarks_on(last)


@pytest.mark.parametrize("text", ["Rapat", "Menyusun laporan"])
def test_little_words_and_the_kinds_own_name_are_nobodys_copy(
    ani: Person, citra: Person, budi: Person, run_outbox: Callable[[], int], text: str
) -> None:
    kind = make_kind()
    send(citra, kind, description=text)
    activity = send(ani, kind, description=text)
    run_outbox()
    assert (remarks_on(activity), TextTrace.objects.count()) == ([], 0)


def test_drafts_are_not_compared_with(ani: Person, citra: Person, budi: Person, run_outbox: Callable[[], int]) -> None:
    kind = make_kind()
    save_activity(employee=citra.employee, draft=entry(kind, description=LONG), actor=citra.user)
    taken_back = send(citra, kind, description=LONG, starts_at=time(9))
    run_outbox()
    withdraw_activity(employee=citra.employee, uid=taken_back.uid, actor=citra.user)
    activity = send(ani, kind, description=LONG)
    run_outbox()
    assert remarks_on(activity) == []


def test_looking_twice_adds_nothing(ani: Person, citra: Person, budi: Person) -> None:
    kind = make_kind()
    first = send(citra, kind, description=LONG)
    second = send(ani, kind, description=LONG)
    for _ in range(2):
        screen([first.uid])
        screen([second.uid])
    assert remarks_on(second) == [OTHERS]
    assert TextTrace.objects.count() == 2


def test_what_was_decided_meanwhile_is_left_alone(ani: Person, citra: Person, budi: Person) -> None:
    kind = make_kind()
    send(citra, kind, description=LONG)
    activity = send(ani, kind, description=LONG)
    approve(budi, activity)
    assert screen([activity.uid]) == 0


def test_what_was_approved_before_the_look_is_looked_at_once_the_approval_is_undone(
    ani: Person, citra: Person, budi: Person, run_outbox: Callable[[], int]
) -> None:
    kind = make_kind()
    send(citra, kind, description=LONG)
    run_outbox()
    activity = send(ani, kind, description=LONG)
    approve(budi, activity)
    run_outbox()
    assert ApprovalRequest.objects.get(document_uid=activity.uid).remarks == []
    moment = Decision.objects.get().decided_at
    assert len(undo_approvals(decided_at=moment, actor=budi.user).waiting) == 1
    run_outbox()
    assert remarks_on(activity) == [OTHERS]


def test_points_far_above_ones_own_are_a_remark(ani: Person, budi: Person, run_outbox: Callable[[], int]) -> None:
    kind = make_kind(points="2")
    for back in range(1, 11):
        send(ani, kind, **on_day(back))
    run_outbox()
    ordinary = send(ani, kind, volume=3)
    far = send(ani, kind, starts_at=time(10), volume=4)
    run_outbox()
    assert (remarks_on(ordinary), remarks_on(far)) == ([], ["8 poin, jauh di atas biasanya"])


def test_points_far_above_the_units_are_a_remark_for_a_newcomer(
    ani: Person, budi: Person, office: Office, run_outbox: Callable[[], int]
) -> None:
    user = make_user("199001012015011177", "Fajar", "asn")
    colleague = Person(user, make_employee("Fajar", office.staff, nip=user.login, user=user))
    kind = make_kind(points="2")
    for back in range(1, 11):
        send(colleague, kind, **on_day(back))
    activity = send(ani, kind, volume=4)
    run_outbox()
    assert remarks_on(activity) == ["8 poin, jauh di atas yang biasa di unitnya"]


def test_the_work_does_not_grow_with_what_others_wrote(
    ani: Person, citra: Person, budi: Person, run_outbox: Callable[[], int]
) -> None:
    kind = make_kind()
    counts = []
    for size, back in ((3, 5), (25, 4)):
        for number in range(size):
            text = f"{LONG} nomor {number} {'tambahan ' * (number % 3)}"
            send(
                citra, kind, description=text, starts_at=time(number // 4, number % 4 * 15), minutes=15, **on_day(back)
            )
        run_outbox()
        activity = send(ani, kind, description="Mendata kebutuhan mebel sekolah dasar se-kecamatan", **on_day(back))
        with CaptureQueriesContext(connection) as captured:
            screen([activity.uid])
        counts.append(len(captured))
    assert counts[0] == counts[1]
