"""People and accounts."""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.files.models import StoredFile
from kernel.jobs.models import Job
from tenants.employees.roster_jobs import CHECK
from tenants.employees.superiors import write_override
from tests.architecture.permission_table import EVERYBODY, Cast, region
from tests.cast import make_employee, make_nip

OFFICIALS = "citra operator_opd bkpsdm inspektorat diskominfo kepala_daerah"
MANAGERS = "operator_opd bkpsdm"
ACCOUNTS = "bkpsdm diskominfo"


def ani(cast: Cast) -> dict[str, object]:
    return {"uid": cast.ani.employee.uid}


def ani_gone(cast: Cast) -> dict[str, object]:
    cast.ani.employee.is_active = False
    cast.ani.employee.save(update_fields=["is_active"])
    return ani(cast)


def her_post(cast: Cast) -> dict[str, object]:
    return {**ani(cast), "placement_uid": cast.ani.employee.placements.get().uid}


def her_account(cast: Cast) -> dict[str, object]:
    return {"uid": cast.ani.user.uid}


def her_data(cast: Cast) -> dict[str, object]:
    return {"name": "Ani", "email": "ani@manado.test"}


def a_promotion(cast: Cast) -> dict[str, object]:
    return {"status": "PNS", "golongan": "III/b", "first": "2026-11-01", "letter_number": "800/2"}


def her_standing(cast: Cast) -> dict[str, object]:
    return {**ani(cast), "standing_uid": cast.ani.employee.standings.get().uid}


def a_correction(cast: Cast) -> dict[str, object]:
    return {"status": "PNS", "golongan": "III/b", "first": "", "reason": "Salah ketik"}


def a_post(cast: Cast) -> dict[str, object]:
    return {
        "position": cast.office.section_head.code,
        "kind": "plt",
        "first": "2026-11-01",
        "last": "2026-11-30",
        "letter_number": "800/1",
    }


def a_superior(cast: Cast) -> dict[str, object]:
    return {"superior": cast.citra.employee.nip, "first": "2026-11-01", "reason": "Peta jabatan belum diperbarui"}


def her_superior(cast: Cast) -> dict[str, object]:
    override = write_override(
        employee=cast.ani.employee,
        superior=cast.citra.employee,
        first=date(2026, 11, 1),
        last=None,
        reason="Peta jabatan belum diperbarui",
        actor=System("tests"),
    )
    return {**ani(cast), "override_uid": override.uid}


def a_last_day(cast: Cast) -> dict[str, object]:
    return {"last": "2026-11-30", "reason": "Pensiun"}


def a_sheet(cast: Cast) -> dict[str, object]:
    return {"file": SimpleUploadedFile("p.xlsx", b"PK\x03\x04 isi")}


def a_checked_file(cast: Cast) -> dict[str, object]:
    counts = {"add": 1, "change": 0, "same": 0, "error": 0}
    job = Job.objects.create(
        kind=CHECK,
        title="Periksa",
        state=Job.State.DONE,
        result={
            "counts": counts,
            "sheets": {name: counts for name in ("Unit", "Jabatan", "Pegawai")},
            "preview": [],
            "rejected": "",
        },
        file=a_stored_file(cast),
    )
    return {"uid": job.uid}


def a_stored_file(cast: Cast) -> StoredFile:
    return StoredFile.objects.create(
        name="p.xlsx", content_type="x", size=1, sha256="0" * 64, path="uji/p.xlsx", purpose="employees.roster"
    )


def all_rows(cast: Cast) -> dict[str, object]:
    return {"rows": "all"}


def the_opd(cast: Cast) -> dict[str, object]:
    nip = make_nip(199)
    user = User.objects.create(login=nip, display_name="Orang Baru", password=make_password(None))
    make_employee("Orang Baru", cast.office.staff, nip=nip, user=user)
    return {"opd": str(cast.office.opd.uid)}


def a_role(cast: Cast) -> dict[str, object]:
    return {"role": "inspektorat", "opd": ""}


def her_role(cast: Cast) -> dict[str, object]:
    return {"role": "asn", "opd": ""}


def role_code(cast: Cast) -> dict[str, object]:
    return {"code": "inspektorat"}


def some_permissions(cast: Cast) -> dict[str, object]:
    return {"permissions": ["audit.read"]}


ROWS = [
    region("employees-list", "GET", OFFICIALS),
    region("employees-employee", "GET", OFFICIALS, args=ani),
    region("employees-edit", "GET", MANAGERS, args=ani),
    region("employees-edit", "POST", MANAGERS, ok=302, args=ani, data=her_data),
    region("employees-standing", "GET", MANAGERS, args=ani),
    region("employees-standing", "POST", MANAGERS, ok=302, args=ani, data=a_promotion),
    region("employees-standing-correct", "GET", MANAGERS, args=her_standing),
    region("employees-standing-correct", "POST", MANAGERS, ok=302, args=her_standing, data=a_correction),
    region("employees-place", "GET", MANAGERS, args=ani),
    region("employees-place", "POST", MANAGERS, ok=302, args=ani, data=a_post),
    region("employees-end", "GET", MANAGERS, args=her_post),
    region("employees-end", "POST", MANAGERS, ok=302, args=her_post, data=a_last_day),
    region("employees-profile", "GET", "dedi ani budi citra", refused=404),
    region("employees-superior", "GET", MANAGERS, args=ani),
    region("employees-superior", "POST", MANAGERS, ok=302, args=ani, data=a_superior),
    region("employees-superior-end", "GET", MANAGERS, args=her_superior),
    region("employees-superior-end", "POST", MANAGERS, ok=302, args=her_superior, data=a_last_day),
    region("employees-deactivate", "GET", MANAGERS, args=ani),
    region("employees-deactivate", "POST", MANAGERS, ok=302, args=ani, data=a_last_day),
    region("employees-reactivate", "POST", MANAGERS, ok=302, args=ani_gone),
    region("employees-import", "GET", "bkpsdm"),
    region("employees-import", "POST", "bkpsdm", ok=302, data=a_sheet),
    region("employees-import-template", "GET", "bkpsdm"),
    region("employees-import-check", "GET", "bkpsdm", args=a_checked_file),
    region("employees-import-confirm", "POST", "bkpsdm", ok=302, args=a_checked_file, data=all_rows),
    region("employees-codes", "GET", "operator_opd bkpsdm diskominfo"),
    region("employees-codes", "POST", "operator_opd bkpsdm diskominfo", data=the_opd),
    region("employees-code", "POST", "operator_opd bkpsdm diskominfo", args=ani),
    region("accounts-users", "GET", ACCOUNTS),
    region("accounts-user", "GET", ACCOUNTS, args=her_account),
    region("accounts-grant", "POST", ACCOUNTS, ok=302, args=her_account, data=a_role),
    region("accounts-revoke", "POST", ACCOUNTS, ok=302, args=her_account, data=her_role),
    region("accounts-switch", "POST", ACCOUNTS, ok=302, args=her_account),
    region("accounts-end-sessions", "POST", ACCOUNTS, ok=302, args=her_account),
    region("accounts-roles", "GET", ACCOUNTS),
    region("accounts-role", "GET", ACCOUNTS, args=role_code),
    region("accounts-role", "POST", ACCOUNTS, ok=302, args=role_code, data=some_permissions),
    region("accounts-activate", "GET", EVERYBODY, nobody=200),
    region("accounts-activate", "POST", EVERYBODY, ok=422, nobody=422),
]
