"""The words for steps and holders."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from tenants.payout.parcels.steps import REOPENED, RETURNED, TAKEN_BACK, Holder, Step

STEP_WORDS: Final = {
    Step.FACTS: _("Data lengkap"),
    Step.APPROVALS: _("Persetujuan lengkap"),
    Step.CLOSED: _("Ditutup OPD"),
    Step.CHECKED: _("Diperiksa BKPSDM"),
    Step.CEILING: _("Pagu diperiksa"),
    Step.LOCKED: _("Dikunci, tiga tanda tangan"),
    Step.REQUESTED: _("SPP diajukan"),
    Step.SPM: _("SPM terbit"),
    Step.SP2D: _("SP2D terbit"),
    Step.PAID: _("Dibayar"),
}
# What the step is called for the person who takes it.
ACTION_WORDS: Final = {
    Step.CLOSED: _("Tutup bulan OPD"),
    Step.CHECKED: _("Nyatakan sudah diperiksa"),
    Step.CEILING: _("Nyatakan pagu cukup"),
    Step.LOCKED: _("Kunci dan tanda tangani"),
    Step.REQUESTED: _("Ajukan SPP"),
    Step.SPM: _("Catat SPM"),
    Step.SP2D: _("Catat SP2D"),
    Step.PAID: _("Masukkan hasil bank"),
}
HOLDER_WORDS: Final = {
    Holder.OPD: _("OPD"),
    Holder.BKPSDM: _("BKPSDM"),
    Holder.BPKAD: _("BPKAD"),
    Holder.SIGNERS: _("penanda tangan kunci"),
    Holder.TREASURER: _("bendahara OPD"),
    Holder.BANK: _("bank"),
    Holder.NOBODY: _("selesai"),
}
# What is being done there, said to the ASN.
DOING_WORDS: Final = {
    Step.CLOSED: _("disiapkan OPD"),
    Step.CHECKED: _("diperiksa BKPSDM"),
    Step.CEILING: _("pagu diperiksa BPKAD"),
    Step.LOCKED: _("menunggu kunci dan tanda tangan"),
    Step.REQUESTED: _("menunggu SPP bendahara OPD"),
    Step.SPM: _("menunggu SPM OPD"),
    Step.SP2D: _("menunggu SP2D BPKAD"),
    Step.PAID: _("sedang dibayar bank"),
    None: _("sudah dibayar"),
}
ENTRY_WORDS: Final = {
    RETURNED: _("Dikembalikan ke OPD"),
    TAKEN_BACK: _("Langkah terakhir dibatalkan"),
    REOPENED: _("Kunci dibuka lagi"),
    **{step.value: words for step, words in STEP_WORDS.items()},
}
