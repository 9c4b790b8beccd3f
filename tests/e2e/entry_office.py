"""A small region of its own for the tests of activity entry: one office, Ani and her superior, rules in force.

Laid down inside the running platform by `manage.py shell`, through the same actions as everybody's.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Final

from control.onboarding.actions import FirstAdmin, NewRegion, provision_region
from kernel import clock
from kernel.accounts.actors import System
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from tenants.activities.actions import ActivityInput, send_activity, set_favourite
from tenants.activities.models import JobKind
from tenants.rules.actions import copy_ready_set, publish_rule_set, sign_rule_set
from tests.cast import make_employee, make_opd, make_position, make_user, with_regulation

REGION: Final = "entri"
ANI, BUDI = "199001012015011301", "199001012015011302"
STARRED, YESTERDAYS = "Memasukkan data ke aplikasi", "Menyusun laporan kehadiran pegawai bulan lalu"


def lay(zone: str) -> None:
    """Make the region in this zone. Entries of today and yesterday are taken (Banjarmasin's rule)."""
    provision_region(
        new=NewRegion(REGION, "kota", "Kota Entri", "Entri", zone, "7171"),
        first_admin=FirstAdmin("198505052010021001", "Admin Entri"),
        actor=System("entry_office"),
    )
    with region_scope(registry.live_region(REGION)):
        opd = make_opd()
        head = make_position(opd, "P-1", "Kepala Dinas", kelas=14, kind="jpt")
        staff = make_position(opd, "P-2", "Pengelola Data", superior=head)
        superior = make_user(BUDI, "Budi", "asn", "atasan", "bkpsdm")
        make_employee("Budi", head, nip=BUDI, user=superior)
        user = make_user(ANI, "Ani", "asn", "bpkad")
        ani = make_employee("Ani", staff, nip=ANI, user=user)
        draft = copy_ready_set(code="banjarmasin_2023", valid_from=date(2024, 1, 1), actor=superior)
        draft = with_regulation(draft, superior)
        for signer in (superior, user):
            sign_rule_set(uid=draft.uid, actor=signer)
        publish_rule_set(uid=draft.uid, actor=superior)
        set_favourite(employee=ani, code=JobKind.objects.get(name=STARRED).code, starred=True, actor=user)
        kind = JobKind.objects.get(code="UM-02")
        yesterday = clock.today(zone) - timedelta(days=1)
        send_activity(employee=ani, actor=user, draft=ActivityInput(kind.uid, yesterday, time(9), None, 1, YESTERDAYS))
