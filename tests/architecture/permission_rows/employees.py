"""People and accounts."""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.accounts.actors import System
from kernel.accounts.models import Role, RoleGrant, User
from kernel.files.models import StoredFile
from kernel.jobs.models import Job
from tenants.employees.bank import jobs as bank_jobs
from tenants.employees.bank.accounts import AccountDraft, record_account
from tenants.employees.models import BankAccount
from tenants.employees.roster_jobs import CHECK
from tenants.employees.stop_import import KIND as STOP_IMPORT
from tenants.employees.stops import StopInput, unstored
from tenants.employees.superiors import write_override
from tests.architecture.permission_table import Cast, region
from tests.cast import make_employee, make_nip
from tests.sheets import xlsx_upload

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
    return {"file": xlsx_upload("p.xlsx", [("NIP", "Nama")])}


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


def a_stop(cast: Cast) -> dict[str, object]:
    return {"kind": "death", "first": "2026-11-01", "letter_number": "474/1", "letter_date": "2026-11-02"}


def her_stop(cast: Cast) -> dict[str, object]:
    stop = StopInput("study_leave", date(2026, 11, 1), None, "800/1", date(2026, 10, 1))
    row = unstored(cast.ani.employee, stop)
    row.save()
    return {**ani(cast), "stop_uid": row.uid}


def a_corrected_stop(cast: Cast) -> dict[str, object]:
    return {**a_stop(cast), "reason": "Salah ketik"}


def a_reason(cast: Cast) -> dict[str, object]:
    return {"reason": "Salah orang"}


def checked_stops(cast: Cast) -> dict[str, object]:
    job = Job.objects.create(
        kind=STOP_IMPORT,
        title="Periksa penghentian tugas",
        parameters={"apply": False},
        state=Job.State.DONE,
        result={"writes": 1, "facts": []},
        file=a_stored_file(cast),
    )
    return {"uid": job.uid}


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


def an_account(cast: Cast) -> dict[str, object]:
    return {"kode": "127", "bank": "Bank SulutGo", "nomor": "0012345678", "pemilik": "Ani", "mulai": "2026-11-01"}


def her_bank_account(cast: Cast) -> BankAccount:
    recorder = User.objects.create(login="pengisi", display_name="Pengisi")
    RoleGrant.objects.create(user=recorder, role=Role.objects.get(code="bkpsdm"))
    draft = AccountDraft("127", "Bank SulutGo", "0012345678", "Ani", date(2026, 11, 1))
    record_account(employee_uid=cast.ani.employee.uid, draft=draft, actor=recorder)
    changed = AccountDraft("127", "Bank SulutGo", "99887766", "Ani", date(2026, 11, 1))
    return record_account(employee_uid=cast.ani.employee.uid, draft=changed, actor=recorder)


def her_account_to_withdraw(cast: Cast) -> dict[str, object]:
    return {"uid": her_bank_account(cast).uid}


def her_changed_account(cast: Cast) -> dict[str, object]:
    return {"rekening": [str(her_bank_account(cast).uid)]}


def why(cast: Cast) -> dict[str, object]:
    return {"alasan": "Salah nomor"}


def accounts_sheet(cast: Cast) -> dict[str, object]:
    return {"berkas": SimpleUploadedFile("rekening.csv", b"NIP;Kode bank\n")}


def checked_accounts(cast: Cast) -> dict[str, object]:
    job = Job.objects.create(
        kind=bank_jobs.CHECK,
        title="Periksa",
        state=Job.State.DONE,
        result={"counts": {"add": 1, "change": 0, "same": 0, "error": 0}, "preview": []},
        file=a_stored_file(cast),
    )
    return {"uid": job.uid}


def imported_accounts(cast: Cast) -> dict[str, object]:
    return {"uid": Job.objects.create(kind=bank_jobs.IMPORT, title="Impor", state=Job.State.DONE).uid}


RECORDERS = "operator_opd bkpsdm citra"
IMPORTERS = "bkpsdm citra"

ROWS = [
    region("employees-accounts", "GET", RECORDERS),
    region("employees-accounts-confirm", "POST", "bkpsdm citra", ok=302, data=her_changed_account),
    region("employees-accounts-withdraw", "POST", RECORDERS, ok=302, args=her_account_to_withdraw, data=why),
    region("employees-accounts-person", "GET", RECORDERS, args=ani),
    region("employees-accounts-person", "POST", RECORDERS, ok=302, args=ani, data=an_account),
    region("employees-accounts-import", "GET", IMPORTERS),
    region("employees-accounts-import", "POST", IMPORTERS, ok=302, data=accounts_sheet),
    region("employees-accounts-template", "GET", IMPORTERS),
    region("employees-accounts-check", "GET", IMPORTERS, args=checked_accounts),
    region("employees-accounts-import-confirm", "POST", IMPORTERS, ok=302, args=checked_accounts),
    region("employees-accounts-undo", "POST", IMPORTERS, ok=302, args=imported_accounts),
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
    region("employees-stops", "GET", MANAGERS),
    region("employees-stop-add", "GET", MANAGERS, args=ani),
    region("employees-stop-add", "POST", MANAGERS, ok=302, args=ani, data=a_stop),
    region("employees-stop-correct", "GET", MANAGERS, args=her_stop),
    region("employees-stop-correct", "POST", MANAGERS, ok=302, args=her_stop, data=a_corrected_stop),
    region("employees-stop-withdraw", "GET", MANAGERS, args=her_stop),
    region("employees-stop-withdraw", "POST", MANAGERS, ok=302, args=her_stop, data=a_reason),
    region("employees-stops-upload", "GET", "bkpsdm"),
    region("employees-stops-upload", "POST", "bkpsdm", ok=302, data=a_sheet),
    region("employees-stops-template", "GET", "bkpsdm"),
    region("employees-stops-apply", "GET", "bkpsdm", args=checked_stops),
    region("employees-stops-apply", "POST", "bkpsdm", ok=302, args=checked_stops),
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
    region("accounts-role-factor", "POST", ACCOUNTS, ok=302, args=role_code, data=lambda cast: {"days": "3"}),
    region("accounts-role", "POST", ACCOUNTS, ok=302, args=role_code, data=some_permissions),
]
