"""The detections that a new installation begins with. Afterwards they are data: operators change them on a page.

Start values: security note, 4.2. What departs from it is said in `docs/security/watching.md`.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction

from control.watch.models import Detection, DetectionVersion
from control.watch.rules import read_rule
from kernel.watching import names

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

Content = dict[str, Any]


def _step(*events: str, **match: Any) -> Content:
    return {"names": list(events), **({"match": match} if match else {})}


def _incident(kind: str, key: str, at_least: str = "medium") -> Content:
    return {"kind": kind, "key": key, "from": at_least}


_EXPORTS: Final = (names.EXPORT_REQUESTED, names.EXPORT_COMPLETED)

# code: (title, status, content, runbook)
CATALOGUE: Final[dict[str, tuple[str, str, Content, str]]] = {
    "brute_force": (
        "Kata sandi satu akun ditebak",
        "active",
        {
            "steps": [_step(names.AUTHN_LOGIN_FAIL)],
            "group_by": ["subject"],
            "window": 10 * MINUTE,
            "count": 8,
            "severity": "low",
            "escalations": [{"severity": "medium", "followed_by": _step(names.AUTHN_LOGIN_SUCCESS)}],
            "suppress": HOUR,
            "incident": _incident("account_takeover", "brute_force"),
        },
        "1. Lihat alamat dan perangkat percobaan itu. 2. Bila kemudian berhasil masuk, hubungi pemilik akun lewat OPD. "
        "3. Bila bukan dia: akhiri sesinya, ganti kata sandinya, dan lihat apa yang dibuka.",
    ),
    "password_spray": (
        "Satu sumber mencoba banyak NIP",
        "active",
        {
            "steps": [_step(names.AUTHN_LOGIN_FAIL)],
            "group_by": ["ip", "agent"],
            "window": 10 * MINUTE,
            "count": 20,
            "distinct": {"of": "subject", "least": 20},
            "ratio": {"against": [_step(names.AUTHN_LOGIN_SUCCESS)], "least": 61},
            "severity": "high",
            "escalations": [{"severity": "critical", "followed_by": _step(names.AUTHN_LOGIN_SUCCESS)}],
            "suppress": HOUR,
            "incident": _incident("account_takeover", "spray"),
        },
        "1. Bandingkan dengan jaringan kantor wilayah itu: kantor yang ramai lebih sering berhasil daripada gagal. "
        "2. Blokir jaringannya bila bukan kantor. 3. Akun yang berhasil masuk dari kelompok ini: akhiri sesi, ganti "
        "kata sandi, periksa ekspornya.",
    ),
    "slow_spray": (
        "Kata sandi yang sama dicoba pada banyak NIP",
        "active",
        {
            "steps": [_step(names.AUTHN_LOGIN_FAIL)],
            "group_by": ["facts.password_bucket"],
            "window": DAY,
            "count": 50,
            "distinct": {"of": "subject", "least": 50},
            "severity": "high",
            "suppress": DAY,
            "incident": _incident("account_takeover", "spray"),
        },
        "1. Lihat dari mana saja percobaan itu datang. 2. Cari akun yang berhasil masuk dari alamat yang sama. "
        "3. Blokir jaringannya; minta pemilik akun yang berhasil dimasuki mengganti kata sandi.",
    ),
    "token_reuse": (
        "Kode sekali pakai dipakai lagi",
        "active",
        {
            # An app's code pressed twice is everyday; who tries on is seen by `second_factor_guessed`.
            "steps": [_step(names.AUTHN_TOKEN_REUSE, what=["activation", "recovery", "backup code", "device key"])],
            "group_by": ["subject"],
            "window": HOUR,
            "severity": "low",
            "escalations": [
                {"severity": "medium", "count": 3},
                {"severity": "medium", "match": {"what": ["recovery", "device key"]}},
                {"severity": "high", "followed_by": _step(names.AUTHN_LOGIN_SUCCESS, new_device=True)},
            ],
            "suppress": DAY,
            "incident": _incident("account_takeover", "token_reuse", "high"),
        },
        "1. Sekali saja biasanya pemiliknya sendiri, yang mencoba kertas lama lagi. 2. Kunci "
        "perangkat yang sama pada dua akun: tanyakan apakah satu HP dipakai berdua. 3. Bila sesudahnya masuk dari "
        "perangkat baru: hubungi pemiliknya, akhiri sesinya, buat kode cadangan baru.",
    ),
    "second_factor_guessed": (
        "Kode langkah kedua satu akun ditebak",
        "active",
        {
            "steps": [_step(names.MFA_FAIL)],
            "group_by": ["subject"],
            "window": 10 * MINUTE,
            "count": 5,
            "severity": "medium",
            "escalations": [{"severity": "high", "followed_by": _step(names.AUTHN_LOGIN_SUCCESS, new_device=True)}],
            "suppress": DAY,
            "incident": _incident("account_takeover", "brute_force", "high"),
        },
        "Siapa pun yang menebak kode ini sudah tahu kata sandinya. 1. Hubungi pemilik akun: apakah jam HP-nya keliru? "
        "2. Bila bukan dia: ganti kata sandinya dan akhiri sesinya.",
    ),
    "impossible_travel": (
        "Satu akun absen di dua tempat berjauhan",
        "active",
        {
            "steps": [_step(names.AUTHN_IMPOSSIBLE_TRAVEL)],
            "group_by": ["region", "person"],
            "window": DAY,
            "sum": {"of": "facts.km", "least": 100},
            "severity": "medium",
            "escalations": [
                {
                    "severity": "high",
                    "followed_by": _step(
                        names.ROLE_GRANTED,
                        names.PRIVILEGE_PERMISSIONS_CHANGED,
                        names.MFA_REMOVE,
                        names.EXPORT_REQUESTED,
                    ),
                }
            ],
            "suppress": DAY,
            "incident": _incident("account_takeover", "travel", "high"),
        },
        "1. Sebab yang biasa: lokasi palsu di HP, atau jam HP yang keliru; wilayahnya menilai absen itu di tinjauan "
        "absen. 2. Bila akun itu sesudahnya memberi peran, melepas pengaman, atau mengambil data banyak orang: akhiri "
        "sesinya dan hubungi pemiliknya.",
    ),
    "session_moved": (
        "Sesi berpindah perangkat dan jaringan",
        "active",
        {
            "steps": [_step(names.SESSION_MOVED)],
            "group_by": ["region", "person"],
            "window": HOUR,
            "severity": "high",
            "suppress": DAY,
            "incident": _incident("account_takeover", "session", "high"),
        },
        "Sesi itu sudah diakhiri. 1. Tanyakan kepada pemilik akun. 2. Bila bukan dia: ganti kata sandi dan periksa "
        "perangkatnya.",
    ),
    "cross_tenant_probe": (
        "Data wilayah atau orang lain dicoba",
        "active",
        {
            "steps": [_step(names.CROSS_TENANT_ATTEMPT)],
            "group_by": ["region", "person"],
            "window": 10 * MINUTE,
            "count": 3,
            "distinct": {"of": "subject", "least": 3},
            "severity": "high",
            "suppress": HOUR,
            "incident": _incident("data_leak", "cross_tenant"),
        },
        "1. Lihat alamat yang diminta: tautan lama atau percobaan? 2. Bila percobaan: kunci akun itu. "
        "3. Pastikan semua jawaban 404 dan tidak ada data yang keluar.",
    ),
    "cross_tenant_session": (
        "Sesi wilayah lain dipakai",
        "active",
        {
            "steps": [_step(names.CROSS_TENANT_SESSION)],
            "group_by": ["region", "ip", "agent"],
            "window": 10 * MINUTE,
            "severity": "high",
            "escalations": [{"severity": "critical", "count": 3}],
            "suppress": HOUR,
            "incident": _incident("data_leak", "cross_tenant", "high"),
        },
        "Kuki satu wilayah tidak pernah dikirim peramban ke wilayah lain: ini dilakukan dengan tangan. 1. Cari siapa "
        "pemilik sesi itu di wilayah asalnya. 2. Akhiri sesinya. 3. Sampaikan kepada Diskominfo kedua wilayah.",
    ),
    "idor_sweep": (
        "Alamat data ditebak berulang",
        "active",
        {
            "steps": [_step(names.AUTHZ_FAIL, names.CROSS_TENANT_ATTEMPT, names.MALICIOUS_DIRECT_REFERENCE)],
            "group_by": ["region", "person"],
            "window": 5 * MINUTE,
            "count": 31,
            "severity": "high",
            "escalations": [{"severity": "critical", "followed_by": _step(names.EXPORT_COMPLETED)}],
            "suppress": HOUR,
            "incident": _incident("data_leak", "idor"),
        },
        "1. Kunci akun itu bila alamatnya berurutan atau acak. 2. Lihat ekspor dan bacaan akun itu hari ini.",
    ),
    "mass_export": (
        "Data banyak orang diekspor",
        "active",
        {
            "steps": [_step(names.EXPORT_COMPLETED)],
            "group_by": ["region", "person"],
            "window": HOUR,
            "sum": {"of": "facts.rows", "least": 5001},
            "severity": "medium",
            "escalations": [{"severity": "high", "outside_hours": True}],
            "suppress": DAY,
            "incident": _incident("data_leak", "export", "high"),
        },
        "1. Akhir bulan ekspor besar itu biasa: lihat siapa dan apa. 2. Di luar jam kantor: tanyakan kepada orangnya. "
        "3. Bila tidak wajar: kunci akun, matikan ekspor wilayah itu, hitung orang yang datanya keluar.",
    ),
    "unusual_export": (
        "Ekspor jauh di atas kebiasaan",
        "simulation",
        {
            "steps": [_step(names.EXPORT_COMPLETED)],
            "group_by": ["region", "person"],
            "window": HOUR,
            "sum": {"of": "facts.rows", "least": 200, "usual_times": 5},
            "severity": "medium",
            "escalations": [{"severity": "high", "outside_hours": True}],
            "suppress": DAY,
            "incident": _incident("data_leak", "export", "high"),
        },
        "Bandingkan dengan ekspor orang itu 30 hari terakhir, lalu seperti ekspor besar.",
    ),
    "mass_read": (
        "Data peka banyak orang dibuka",
        "simulation",
        {
            "steps": [_step(names.SENSITIVE_READ)],
            "group_by": ["region", "person"],
            "window": HOUR,
            "sum": {"of": "facts.count", "least": 1000},
            "severity": "medium",
            "escalations": [{"severity": "high", "outside_hours": True}],
            "suppress": DAY,
            "incident": _incident("data_leak", "export", "high"),
        },
        "Surat, swafoto, rekening, atau lembar orang lain. 1. Tanyakan tugas apa yang memerlukannya. 2. Bila tidak "
        "ada: kunci akun itu dan hitung orang yang datanya dibuka.",
    ),
    "role_outside_hours": (
        "Peran diberikan di luar jam kantor",
        "active",
        {
            "steps": [_step(names.ROLE_GRANTED, names.PRIVILEGE_PERMISSIONS_CHANGED)],
            "group_by": ["region", "person"],
            "window": HOUR,
            "outside_hours": True,
            "severity": "high",
            "suppress": HOUR,
            "incident": _incident("account_takeover", "privilege"),
        },
        "1. Tanyakan kepada pemberi peran. 2. Bila bukan dia: cabut peran itu, akhiri sesinya, lihat jejak auditnya.",
    ),
    "role_to_self": (
        "Seseorang memberi peran kepada dirinya sendiri",
        "active",
        {
            "steps": [_step(names.ROLE_GRANTED, to_self=True)],
            "group_by": ["region", "person"],
            "window": HOUR,
            "severity": "high",
            "suppress": HOUR,
            "incident": _incident("account_takeover", "privilege"),
        },
        "Cabut peran itu sampai pejabat lain menyetujuinya; lihat apa yang dilakukan sejak peran itu diberikan.",
    ),
    "hostile_upload": (
        "Berkas berbahaya diunggah",
        "active",
        {
            "steps": [_step(names.UPLOAD_VALIDATION, verdict="quarantine")],
            "group_by": ["region", "person"],
            "window": DAY,
            "severity": "medium",
            "escalations": [{"severity": "high", "count": 3}],
            "suppress": DAY,
            "incident": _incident("malicious_upload", "upload"),
        },
        "1. Baca alasan karantinanya. 2. Tiga berkas dari satu akun: kunci akun, "
        "matikan unggahan, cari berkas dengan sidik yang sama di wilayah lain.",
    ),
    "judol_text": (
        "Teks judi daring ditahan",
        "active",
        {
            "steps": [_step(names.JUDOL_TEXT_HELD)],
            "group_by": ["region"],
            "window": DAY,
            "severity": "medium",
            "escalations": [
                {"severity": "high", "distinct": {"of": "person", "least": 3}},
                {"severity": "high", "match": {"is_public": True}},
            ],
            "suppress": DAY,
            "incident": _incident("judol_text", "judol_text"),
        },
        "1. Baca teks yang ditahan. 2. Tiga akun atau lebih: anggap akun-akun itu diambil alih, akhiri sesinya, minta "
        "ganti kata sandi. 3. Cari tanda yang sama di wilayah lain.",
    ),
    "judol_same_text": (
        "Teks yang hampir sama dari beberapa akun",
        "active",
        {
            "steps": [_step(names.JUDOL_TEXT_HELD, names.JUDOL_TEXT_FLAGGED)],
            "group_by": ["facts.print"],
            "window": 7 * DAY,
            "count": 3,
            "distinct": {"of": "person", "least": 3},
            "severity": "high",
            "suppress": DAY,
            "incident": _incident("judol_text", "judol_text"),
        },
        "Teks yang sama dari tiga akun adalah kampanye, bukan salah ketik: tangani akun-akunnya bersama-sama.",
    ),
    "page_compromised": (
        "Halaman menipu mesin pencari, disusupi, atau diubah",
        "active",
        {
            "steps": [_step(names.PAGE_CLOAKED, names.PAGE_INJECTED, names.PAGE_DEFACED)],
            "group_by": ["region", "subject"],
            "window": DAY,
            "severity": "critical",
            "suppress": DAY,
            "incident": _incident("judol_page", "page:{subject}"),
        },
        "1. Lihat halaman sebagai orang dan sebagai mesin pencari. 2. Tutup halaman publik wilayah itu bila milik "
        "kita; bila situs pemda sendiri, hubungi Diskominfo. 3. Simpan bukti sebelum dibersihkan.",
    ),
    "dns_drift": (
        "DNS sebuah nama berubah",
        "active",
        {
            "steps": [_step(names.DNS_DRIFT)],
            "group_by": ["region", "subject"],
            "window": DAY,
            "severity": "medium",
            "escalations": [
                {"severity": "critical", "followed_by": _step(names.PAGE_CLOAKED, names.PAGE_INJECTED)},
            ],
            "suppress": DAY,
            "incident": _incident("drift", "page:{subject}"),
        },
        "Tanyakan kepada Diskominfo apakah perubahan itu mereka buat. Bila tidak: hubungi pengelola domain.",
    ),
    "code_drift": (
        "Kode atau berkas statis berbeda dari rilis",
        "active",
        {
            "steps": [_step(names.CODE_DRIFT)],
            "group_by": ["subject"],
            "window": HOUR,
            "severity": "critical",
            "suppress": HOUR,
            "incident": _incident("drift", "code_drift"),
        },
        "1. Jangan perbaiki di tempat: ambil salinan berkas yang berbeda sebagai bukti. 2. Ganti proses atau wadahnya "
        "dengan rilis yang asli. 3. Putar rahasia yang dapat dibaca proses itu.",
    ),
    "burst_4xx": (
        "Satu pengunjung meminta banyak alamat yang ditolak",
        "active",
        {
            "steps": [_step(names.MALICIOUS_EXCESS_404)],
            "group_by": ["ip", "agent"],
            "window": HOUR,
            "severity": "low",
            "escalations": [{"severity": "medium", "followed_by": _step(names.HONEYPOT_HIT)}],
            "suppress": DAY,
        },
        "Biasanya pemindai otomatis. Tindak bila bersamaan dengan peringatan lain dari alamat yang sama.",
    ),
    "honeypot": (
        "Alamat umpan dibuka",
        "active",
        {
            "steps": [_step(names.HONEYPOT_HIT)],
            "group_by": ["ip", "agent"],
            "window": HOUR,
            "count": 2,
            "distinct": {"of": "facts.path", "least": 2},
            "severity": "low",
            "suppress": DAY,
        },
        "Pengunjung itu sudah ditolak satu jam oleh proses yang dilihatnya. Tidak perlu tindakan bila hanya ini.",
    ),
    "shell_probe": (
        "Skrip dicari di alamat unggahan",
        "active",
        {
            "steps": [_step(names.WEB_SHELL_PROBE)],
            "group_by": ["ip", "agent"],
            "window": HOUR,
            "severity": "high",
            "escalations": [{"severity": "critical", "followed_by": _step(names.UPLOAD_COMPLETE, names.UPLOAD_STORED)}],
            "suppress": DAY,
            "incident": _incident("malicious_upload", "shell_probe", "critical"),
        },
        "Di sini tidak ada skrip yang dapat dijalankan dari unggahan. Menjadi insiden bila alamat yang sama juga "
        "mengunggah berkas.",
    ),
    "attack_tool": (
        "Alat serangan terlihat",
        "active",
        {
            "steps": [_step(names.MALICIOUS_ATTACK_TOOL)],
            "group_by": ["ip", "agent"],
            "window": HOUR,
            "severity": "low",
            "escalations": [{"severity": "medium", "match": {"status": 200}}],
            "suppress": DAY,
            "incident": _incident("other", "attack_tool"),
        },
        "Bila dijawab 200: lihat alamat yang diminta dan apakah jawabannya berisi yang tidak semestinya.",
    ),
    "signature_found": (
        "Tanda serangan dari wilayah lain ditemukan",
        "active",
        {
            "steps": [_step(names.SIGNATURE_FOUND)],
            "group_by": ["region", "facts.signature"],
            "window": DAY,
            "severity": "high",
            "suppress": DAY,
            "incident": _incident("other", "signature:{facts.signature}"),
        },
        "1. Buka temuan di wilayah ini. 2. Bandingkan dengan insiden asalnya: alamat, akun, dan waktu yang sama? "
        "3. Tangani bersama insiden itu.",
    ),
    "takeover_chain": (
        "Perangkat baru, pengaman diubah, lalu ekspor",
        "active",
        {
            "steps": [
                _step(names.AUTHN_LOGIN_SUCCESS, new_device=True),
                _step(
                    names.MFA_ENROLL,
                    names.MFA_REMOVE,
                    names.PASSKEY_ADD,
                    names.AUTHN_PASSWORD_CHANGE,
                ),
                _step(*_EXPORTS),
            ],
            "group_by": ["region", "person"],
            "window": HOUR,
            "severity": "critical",
            "suppress": DAY,
            "incident": _incident("account_takeover", "takeover"),
        },
        "1. Kunci akun dan akhiri sesinya sekarang. 2. Hubungi orangnya lewat OPD. 3. Hitung orang yang datanya "
        "keluar: jam pelaporan 3 x 24 jam mulai berjalan.",
    ),
    "silence": (
        "Pemantauan tidak memberi kabar",
        "active",
        {
            "steps": [_step(names.SYS_MONITOR_DISABLED)],
            "group_by": ["region"],
            "window": HOUR,
            "severity": "medium",
            "suppress": 6 * HOUR,
            "incident": _incident("outage", "silence"),
        },
        "1. Lihat apakah pekerja antrean dan pemindai hidup. 2. Lihat antrean pesan wilayah itu. 3. Bila semua hidup: "
        "apakah wilayah itu sedang libur?",
    ),
    "audit_break": (
        "Rantai jejak audit putus",
        "active",
        {
            "steps": [_step(names.AUDIT_CHAIN_BROKEN)],
            "group_by": ["region"],
            "window": HOUR,
            "severity": "critical",
            "suppress": DAY,
            "incident": _incident("audit_break", "audit"),
        },
        "1. Jangan mengubah apa pun di basis data. 2. Jalankan verify_audit dan catat entri pertama yang salah. "
        "3. Bandingkan dengan cadangan terakhir.",
    ),
    "backup_failure": (
        "Pencadangan gagal dua kali berturut-turut",
        "active",
        {
            "steps": [_step(names.BACKUP_RESULT, ok=False)],
            "group_by": ["region"],
            "window": 3 * DAY,
            "count": 2,
            "ratio": {"against": [_step(names.BACKUP_RESULT, ok=True)], "least": 100},
            "severity": "high",
            "suppress": DAY,
            "incident": _incident("outage", "backup"),
        },
        "Periksa ruang penyimpanan dan kunci enkripsinya, lalu jalankan pencadangan dengan tangan.",
    ),
}


def seed_detections() -> int:
    """Create the detections that are missing; those that are there stay as they are. Returns how many were made."""
    there = set(Detection.objects.values_list("code", flat=True))
    made = 0
    for code, (title, status, content, runbook) in CATALOGUE.items():
        if code in there:
            continue
        read_rule(content)
        with transaction.atomic():
            detection = Detection.objects.create(
                code=code, title=title, status=status, content=content, runbook=runbook
            )
            DetectionVersion.objects.create(
                detection=detection, version=1, title=title, status=status, content=content, runbook=runbook
            )
        made += 1
    return made
