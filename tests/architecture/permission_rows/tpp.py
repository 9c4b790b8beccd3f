"""Rows of tenants.tpp."""

from __future__ import annotations

from datetime import date

from kernel.periods import Month
from tenants.holds.models import HoldRelease, OrderedHold
from tenants.tpp.actions import start_run
from tenants.tpp.models import Slip
from tenants.tpp.practice import choose_pilots, propose_go_live
from tests.architecture.permission_table import Cast, region
from tests.cast import make_user
from tests.sheets import xlsx_upload
from tests.tenants.tpp.small_run import finished_run, slip_in, stored_rules

ASN = "ani budi citra"
READERS = "citra bkpsdm inspektorat"
# The owner, the operator of the OPD, and those who read all; Budi is a colleague and Ani's approver, and sees nothing.
OF_ANI = "ani citra operator_opd bkpsdm inspektorat"


def slip_of_ani(cast: Cast) -> dict[str, object]:
    return {"uid": slip_in(finished_run(), cast.ani.employee, cast.office.opd).uid}


def run(cast: Cast) -> dict[str, object]:
    return {"uid": finished_run().uid}


def second_run(cast: Cast) -> dict[str, object]:
    first = finished_run()
    first.pk, first.number = None, 2
    first.uid = type(first)._meta.get_field("uid").get_default()
    first._state.adding = True
    first.save()
    return {"uid": first.uid}


def going_run(cast: Cast) -> dict[str, object]:
    stored_rules()
    return {"uid": start_run(month=Month(2024, 5), actor=cast.users["bkpsdm"]).uid}


def stopped_run(cast: Cast) -> dict[str, object]:
    found = finished_run()
    found.state = found.State.CANCELLED
    found.save(update_fields=["state"])
    return {"uid": found.uid}


def month(cast: Cast) -> dict[str, object]:
    stored_rules()
    return {"bulan": "2024-05"}


def sheet(cast: Cast) -> dict[str, object]:
    rows = [("NIP", "Dasar gaji"), (cast.ani.employee.nip, "4000000")]
    return {"bulan": "2024-05", "berkas": xlsx_upload("gaji.xlsx", rows)}


def penalty(cast: Cast) -> dict[str, object]:
    return {"nip": cast.ani.employee.nip, "tingkat": "ringan", "mulai": "2026-11", "surat": "800/1/2026"}


def opds(cast: Cast) -> dict[str, object]:
    return {"opd": str(cast.office.opd.uid), "bulan": "2026-12"}


def opds_in_pilot(cast: Cast) -> dict[str, object]:
    choose_pilots(opds=[cast.office.opd.uid], month=Month(2026, 11), actor=cast.users["bkpsdm"])
    return opds(cast)


def proposal(cast: Cast) -> dict[str, object]:
    opds_in_pilot(cast)
    # By somebody who is none of the columns, so that each of them may be the second.
    proposer = make_user("199001012015011999", "Pengusul", "bkpsdm")
    (row,) = propose_go_live(opds=[cast.office.opd.uid], month=Month(2026, 12), actor=proposer)
    return {"usul": str(row.uid)}


def held_slip(cast: Cast) -> Slip:
    slip = slip_in(finished_run(), cast.ani.employee, cast.office.opd)
    slip.holds = [{"node_id": "tahan", "label": "LHKPN", "reason": "LHKPN belum diterima"}]
    slip.save(update_fields=["holds"])
    return slip


def slip_to_release(cast: Cast) -> dict[str, object]:
    # What holds it is named in the query; without one there is nothing to release.
    return {"uid": held_slip(cast).uid}


def waiting_release(cast: Cast) -> dict[str, object]:
    # By somebody who is none of the columns, so that each of them may be the second.
    release = HoldRelease.objects.create(
        employee=cast.ani.employee,
        month=date(2024, 5, 1),
        node_id="tahan",
        held_for="LHKPN belum diterima",
        reason="LHKPN diterima",
        document_number="KPK/77",
        needs_second=True,
        released_by=make_user("199001012015011999", "Pengusul", "bkpsdm"),
    )
    return {"uid": release.uid}


def ordered_hold(cast: Cast) -> dict[str, object]:
    order = OrderedHold.objects.create(
        employee=cast.ani.employee,
        from_month=date(2026, 11, 1),
        reason="Temuan terbuka",
        basis="LHP 12/2026",
        recorded_by=make_user("199001012015011999", "Penahan", "bkpsdm"),
    )
    return {"uid": order.uid}


def new_hold(cast: Cast) -> dict[str, object]:
    return {"nip": cast.ani.employee.nip, "mulai": "2026-11", "alasan": "Temuan terbuka", "dasar": "LHP 12/2026"}


def end_of_hold(cast: Cast) -> dict[str, object]:
    return {"mulai": "2026-12", "alasan": "Selesai"}


ROWS = [
    region("tpp-holds", "GET", READERS),
    region("tpp-hold-new", "GET", "bkpsdm inspektorat"),
    region("tpp-hold-new", "POST", "bkpsdm inspektorat", ok=302, data=new_hold),
    region("tpp-hold-release", "GET", "bkpsdm", ok=404, args=slip_to_release),
    region("tpp-hold-release", "POST", "bkpsdm", ok=404, args=slip_to_release),
    region("tpp-hold-confirm", "POST", "bkpsdm inspektorat", ok=302, args=waiting_release),
    region("tpp-hold-end", "GET", "bkpsdm", args=ordered_hold),
    region("tpp-hold-end", "POST", "bkpsdm", ok=302, args=ordered_hold, data=end_of_hold),
    region("tpp-forecast", "GET", ASN),
    region("tpp-own", "GET", ASN),
    region("tpp-slip", "GET", OF_ANI, args=slip_of_ani, budi=404),
    region("tpp-slip-paper", "GET", OF_ANI, args=slip_of_ani, budi=404),
    region("tpp-runs", "GET", READERS),
    region("tpp-run-start", "POST", "bkpsdm", ok=302, data=month),
    region("tpp-run", "GET", READERS, args=run),
    region("tpp-run-slips", "GET", READERS, args=run),
    region("tpp-run-issues", "GET", READERS, args=run),
    region("tpp-run-changes", "GET", READERS, args=second_run),
    region("tpp-run-cancel", "POST", "bkpsdm", ok=302, args=going_run),
    region("tpp-run-resume", "POST", "bkpsdm", ok=302, args=stopped_run),
    region("tpp-run-again", "POST", "bkpsdm", ok=302, args=run),
    region("tpp-run-issues-sheet", "GET", READERS, args=run),
    region("tpp-opd", "GET", "operator_opd"),
    region("tpp-salary", "GET", "citra bkpsdm"),
    region("tpp-salary", "POST", "citra bkpsdm", ok=302, data=sheet),
    region("tpp-practice", "GET", READERS),
    region("tpp-practice-choose", "POST", "bkpsdm", ok=302, data=opds),
    region("tpp-practice-propose", "POST", "bkpsdm", ok=302, data=opds_in_pilot),
    region("tpp-practice-sign", "POST", READERS, ok=302, data=proposal),
    region("tpp-practice-withdraw", "POST", "bkpsdm", ok=302, data=proposal),
    region("tpp-penalties", "GET", "bkpsdm"),
    region("tpp-penalties", "POST", "bkpsdm", ok=302, data=penalty),
]
