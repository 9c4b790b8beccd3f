"""Daily activities serve the results of the plan in force."""

from datetime import date

from kernel.accounts.models import User
from tenants.activities.targets import labels, open_targets
from tenants.skp.plans import ResultInput, save_result, start_new_version
from tests.cast import Person
from tests.tenants.skp.planning import QUALITY, approve_plan, make_plan, result_keys


def test_only_the_plan_in_force_gives_targets_and_its_keys_outlive_a_new_version(
    ani: Person, budi: Person, kept_here: User
) -> None:
    day = date(2026, 11, 19)
    plan = make_plan(ani)
    assert not open_targets(ani.employee.pk, day)
    approve_plan(ani, plan, budi)
    before = open_targets(ani.employee.pk, day)
    assert [(target.uid, target.label) for target in before] == [(result_keys(plan)[0], "Laporan bulanan tersusun")]
    renewed = start_new_version(employee=ani.employee, uid=plan.uid, actor=ani.user)
    save_result(
        employee=ani.employee, plan_uid=renewed.uid, entry=ResultInput("tambahan", "Arsip", [QUALITY]), actor=ani.user
    )
    approve_plan(ani, renewed, budi)
    after = open_targets(ani.employee.pk, day)
    assert after[0].uid == before[0].uid
    assert [target.label for target in after] == ["Laporan bulanan tersusun", "Arsip"]
    assert labels([after[1].uid]) == {after[1].uid: "Arsip"}
    assert not open_targets(ani.employee.pk, date(2025, 11, 19))
    assert not open_targets(budi.employee.pk, day)
