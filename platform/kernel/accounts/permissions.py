"""Permission names of the accounts app."""

from kernel.permissions import declare

MANAGE_USERS = declare("accounts.manage", "Mengelola akun dan peran", roles=("bkpsdm", "diskominfo"))
READ_AUDIT = declare(
    "audit.read", "Membaca jejak audit", roles=("bkpsdm", "inspektorat", "diskominfo", "operator"), region_wide=True
)
RECOVER = declare(
    "accounts.recover",
    "Memulihkan akun yang kehilangan faktor kedua, bersama petugas kedua",
    roles=("bkpsdm", "diskominfo", "operator"),
    region_wide=True,
)
