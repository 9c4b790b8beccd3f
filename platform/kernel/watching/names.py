"""The vocabulary of security events: names of the OWASP logging vocabulary, and our own where it has none.

Each name has a group, the severity that it has when nothing else is said, and the words shown for it. Source: security
note, 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Severity(StrEnum):
    """Five levels, lowest first."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for informational to 4 for critical."""
        return _LEVELS.index(self)

    @property
    def wazuh_level(self) -> int:
        """The number under which other monitoring systems file it: 3, 5, 8, 12 or 15."""
        return (3, 5, 8, 12, 15)[self.rank]

    @property
    def label(self) -> str | Promise:
        """The word shown for it."""
        return _LEVEL_LABELS[self]


_LEVELS: Final = tuple(Severity)
_LEVEL_LABELS: Final[dict[Severity, str | Promise]] = {
    Severity.INFORMATIONAL: _("Informasi"),
    Severity.LOW: _("Rendah"),
    Severity.MEDIUM: _("Sedang"),
    Severity.HIGH: _("Tinggi"),
    Severity.CRITICAL: _("Kritis"),
}

GROUPS: Final[dict[str, str | Promise]] = {
    "authn": _("Masuk akun"),
    "authz": _("Hak akses"),
    "session": _("Sesi"),
    "input": _("Masukan"),
    "upload": _("Unggahan"),
    "data": _("Data"),
    "system": _("Sistem"),
    "page": _("Halaman web"),
    "user": _("Pengelolaan akun"),
    "platform": _("Platform"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One name with its group, its default severity and its words."""

    name: str
    group: str
    severity: Severity
    label: str | Promise


KINDS: Final[dict[str, Kind]] = {}


def _kind(name: str, group: str, severity: Severity, label: str | Promise) -> str:
    KINDS[name] = Kind(name, group, severity, label)
    return name


_I, _L, _M, _H, _C = _LEVELS

AUTHN_LOGIN_SUCCESS: Final = _kind("authn_login_success", "authn", _I, _("Berhasil masuk"))
AUTHN_LOGIN_FAIL: Final = _kind("authn_login_fail", "authn", _L, _("Gagal masuk"))
AUTHN_LOGIN_FAIL_MAX: Final = _kind("authn_login_fail_max", "authn", _M, _("Batas percobaan masuk tercapai"))
AUTHN_LOGIN_LOCK: Final = _kind("authn_login_lock", "authn", _M, _("Akun dikunci"))
AUTHN_PASSWORD_CHANGE: Final = _kind("authn_password_change", "authn", _I, _("Kata sandi diganti"))
AUTHN_IMPOSSIBLE_TRAVEL: Final = _kind("authn_impossible_travel", "authn", _M, _("Satu akun di dua tempat berjauhan"))
AUTHN_TOKEN_REUSE: Final = _kind("authn_token_reuse", "authn", _H, _("Kode atau token dipakai ulang"))
MFA_ENROLL: Final = _kind("mfa_enroll", "authn", _L, _("Verifikasi dua langkah dipasang"))
MFA_REMOVE: Final = _kind("mfa_remove", "authn", _M, _("Verifikasi dua langkah dilepas"))
MFA_FAIL: Final = _kind("mfa_fail", "authn", _L, _("Verifikasi dua langkah gagal"))
PASSKEY_ADD: Final = _kind("passkey_add", "authn", _L, _("Kunci sandi (passkey) ditambah"))
ACTIVATION_USED: Final = _kind("activation_used", "authn", _I, _("Kode aktivasi dipakai"))

AUTHZ_FAIL: Final = _kind("authz_fail", "authz", _L, _("Tindakan ditolak karena tidak berwenang"))
AUTHZ_CHANGE: Final = _kind("authz_change", "authz", _M, _("Hak akses akun diubah"))
AUTHZ_ADMIN: Final = _kind("authz_admin", "authz", _L, _("Tindakan admin"))
PRIVILEGE_PERMISSIONS_CHANGED: Final = _kind("privilege_permissions_changed", "authz", _H, _("Isi sebuah peran diubah"))
CROSS_TENANT_ATTEMPT: Final = _kind("cross_tenant_attempt", "authz", _H, _("Data wilayah atau orang lain diminta"))
CROSS_TENANT_SESSION: Final = _kind("cross_tenant_session", "authz", _H, _("Sesi wilayah lain dipakai"))

SESSION_CREATED: Final = _kind("session_created", "session", _I, _("Sesi dibuat"))
SESSION_RENEWED: Final = _kind("session_renewed", "session", _I, _("Sesi diperbarui"))
SESSION_EXPIRED: Final = _kind("session_expired", "session", _I, _("Sesi berakhir"))
SESSION_USE_AFTER_EXPIRE: Final = _kind("session_use_after_expire", "session", _L, _("Sesi lama dipakai lagi"))
SESSION_MOVED: Final = _kind("session_moved", "session", _M, _("Sesi berpindah perangkat dan jaringan"))
EPOCH_BUMP: Final = _kind("epoch_bump", "session", _M, _("Semua sesi diakhiri"))

INPUT_VALIDATION_FAIL: Final = _kind("input_validation_fail", "input", _I, _("Masukan ditolak"))
MALICIOUS_EXTRANEOUS: Final = _kind("malicious_extraneous", "input", _L, _("Isian yang tidak diminta dikirim"))
MALICIOUS_ATTACK_TOOL: Final = _kind("malicious_attack_tool", "input", _L, _("Alat serangan terlihat"))
MALICIOUS_DIRECT_REFERENCE: Final = _kind("malicious_direct_reference", "input", _L, _("Alamat data ditebak"))
MALICIOUS_CORS: Final = _kind("malicious_cors", "input", _L, _("Permintaan dari situs lain"))
MALICIOUS_EXCESS_404: Final = _kind("malicious_excess_404", "input", _L, _("Banyak alamat yang tidak ada diminta"))
WEB_SHELL_PROBE: Final = _kind("web_shell_probe", "input", _H, _("Skrip dicari di alamat unggahan"))
JUDOL_TEXT_HELD: Final = _kind("judol_text_held", "input", _M, _("Teks judi daring ditahan"))
JUDOL_TEXT_FLAGGED: Final = _kind("judol_text_flagged", "input", _L, _("Teks mirip judi daring ditandai"))

UPLOAD_COMPLETE: Final = _kind("upload_complete", "upload", _I, _("Berkas diterima"))
UPLOAD_STORED: Final = _kind("upload_stored", "upload", _I, _("Berkas disimpan"))
UPLOAD_VALIDATION: Final = _kind("upload_validation", "upload", _I, _("Berkas diperiksa"))
UPLOAD_QUARANTINE: Final = _kind("upload_quarantine", "upload", _M, _("Berkas dikarantina"))
UPLOAD_DELETE: Final = _kind("upload_delete", "upload", _I, _("Berkas dihapus"))

SENSITIVE_READ: Final = _kind("sensitive_read", "data", _I, _("Data peka dibaca"))
SENSITIVE_CREATE: Final = _kind("sensitive_create", "data", _I, _("Data peka dibuat"))
SENSITIVE_UPDATE: Final = _kind("sensitive_update", "data", _I, _("Data peka diubah"))
SENSITIVE_DELETE: Final = _kind("sensitive_delete", "data", _L, _("Data peka dihapus"))
EXPORT_REQUESTED: Final = _kind("export_requested", "data", _I, _("Ekspor diminta"))
EXPORT_COMPLETED: Final = _kind("export_completed", "data", _I, _("Ekspor selesai"))

SYS_STARTUP: Final = _kind("sys_startup", "system", _I, _("Proses dimulai"))
SYS_SHUTDOWN: Final = _kind("sys_shutdown", "system", _I, _("Proses berhenti"))
SYS_MONITOR_DISABLED: Final = _kind("sys_monitor_disabled", "system", _M, _("Pemantauan tidak memberi kabar"))
CODE_DRIFT: Final = _kind("code_drift", "system", _C, _("Kode berbeda dari rilis"))
CONFIG_CHANGE: Final = _kind("config_change", "system", _L, _("Konfigurasi diubah"))
RULE_VERSION_CHANGE: Final = _kind("rule_version_change", "system", _L, _("Aturan pemeriksaan diubah"))
BACKUP_RESULT: Final = _kind("backup_result", "system", _I, _("Hasil pencadangan"))
AUDIT_CHAIN_BROKEN: Final = _kind("audit_chain_broken", "system", _C, _("Rantai jejak audit putus"))
EVENTS_LEFT_OUT: Final = _kind("events_left_out", "system", _L, _("Peristiwa sejenis terlalu banyak, sisanya dihitung"))

PAGE_SCAN_RESULT: Final = _kind("page_scan_result", "page", _I, _("Halaman diperiksa"))
PAGE_CLOAKED: Final = _kind("page_cloaked", "page", _C, _("Halaman menipu mesin pencari"))
PAGE_INJECTED: Final = _kind("page_injected", "page", _C, _("Halaman disusupi"))
PAGE_DEFACED: Final = _kind("page_defaced", "page", _C, _("Halaman diubah penyerang"))
DNS_DRIFT: Final = _kind("dns_drift", "page", _H, _("DNS berubah"))

USER_CREATED: Final = _kind("user_created", "user", _I, _("Akun dibuat"))
USER_UPDATED: Final = _kind("user_updated", "user", _I, _("Akun diubah"))
USER_ARCHIVED: Final = _kind("user_archived", "user", _I, _("Akun diarsipkan"))
ROLE_GRANTED: Final = _kind("role_granted", "user", _M, _("Peran diberikan"))
ROLE_REVOKED: Final = _kind("role_revoked", "user", _L, _("Peran dicabut"))

EXCESS_RATE_LIMIT_EXCEEDED: Final = _kind("excess_rate_limit_exceeded", "platform", _L, _("Batas kecepatan terlampaui"))
HONEYPOT_HIT: Final = _kind("honeypot_hit", "platform", _L, _("Alamat umpan dibuka"))
CONTAINMENT_APPLIED: Final = _kind("containment_applied", "platform", _H, _("Pembatasan diterapkan"))
CONTAINMENT_LIFTED: Final = _kind("containment_lifted", "platform", _M, _("Pembatasan dicabut"))
INCIDENT_ANSWER: Final = _kind("incident_answer", "platform", _I, _("Wilayah menjawab permintaan insiden"))
BREAKGLASS_OPENED: Final = _kind("breakglass_opened", "platform", _H, _("Akses darurat dibuka"))
BREAKGLASS_CLOSED: Final = _kind("breakglass_closed", "platform", _M, _("Akses darurat ditutup"))
BREAKGLASS_REQUEST: Final = _kind("breakglass_request", "platform", _L, _("Halaman dibuka lewat akses darurat"))
EVIDENCE_EXPORTED: Final = _kind("evidence_exported", "platform", _M, _("Bukti diunduh"))
SIGNATURE_FOUND: Final = _kind("signature_found", "platform", _H, _("Tanda serangan ditemukan di wilayah lain"))
