"""The catalogue of measures: for each its words, what it asks for, how long it holds, and what it does.

A table rather than classes: the form, the preview, the page of what stands and the document
(docs/security/containment.md) are drawn from it. Source: security note, 4.5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from control.containment import deeds
from control.containment.deeds import Preview
from control.containment.targets import Targets
from kernel.measures import LABELS, Measure

Words = str | Promise
Asked = Literal["opd", "logins", "networks", "credentials", "minutes_apart", "digests"]

HOUR: Final = 1
DAY: Final = 24
TWO_WEEKS: Final = 14 * DAY
_PROJECTED: Final = frozenset(measure.value for measure in Measure)
LIFT: Final = _("Cabut")


def nothing(targets: Targets, reason: str) -> dict[str, Any]:
    """The measure is the projection alone."""
    return {}


@dataclass(frozen=True, slots=True)
class Kind:
    """One measure of the catalogue.

    `effect` is what is refused, `goes_on` what works all the same, `asks` which fields the form has. `hours` is the end
    that is offered (None: until lifted), `longest` the most that may be chosen in hours (None: no limit, and no end may
    be chosen). `stacks`: several may stand side by side. `lifts` are the words of lifting; "" when nothing brings back
    what was. `preview` and `do` run inside the region; `undo` gets what `do` gave. `lifted_by_two`: to lift it takes
    two operators, however it was imposed.
    """

    name: str
    label: Words
    effect: Words
    goes_on: Words
    hours: int | None
    longest: int | None = None
    asks: tuple[Asked, ...] = ()
    stacks: bool = False
    lifts: Words = LIFT
    preview: Callable[[Targets], Preview] = deeds.everybody
    do: Callable[[Targets, str], dict[str, Any]] = nothing
    undo: Callable[[Mapping[str, Any]], None] | None = None
    lifted_by_two: bool = False

    @property
    def is_projected(self) -> bool:
        """Running code of the region asks for it."""
        return self.name in _PROJECTED


_PUNCHES = _("Absen dari HP, kios, apel, dan mesin tetap diterima.")

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "read_only",
            LABELS["read_only"],
            _(
                "Aktivitas, persetujuan, dokumen, dan pengaturan ditolak dengan keterangan; semua halaman tetap "
                "terbaca. Pekerjaan latar menunggu."
            ),
            _PUNCHES,
            hours=DAY,
        ),
        Kind(
            "uploads_off",
            LABELS["uploads_off"],
            _("Berkas baru ditolak di semua formulir. Berkas yang sudah ada tetap dapat dibuka."),
            _PUNCHES,
            hours=DAY,
        ),
        Kind(
            "hold_text",
            LABELS["hold_text"],
            _("Tulisan yang meragukan pun menunggu ditinjau sebelum dilihat orang lain; yang wajar tetap tampil."),
            _PUNCHES,
            hours=DAY,
        ),
        Kind(
            "signed_out",
            LABELS["signed_out"],
            _("Sesi yang terbuka berakhir pada permintaan berikutnya; orang masuk lagi dengan kata sandinya."),
            _("Absen yang ditandatangani HP tidak memerlukan sesi dan tetap diterima."),
            hours=TWO_WEEKS,
            longest=TWO_WEEKS,
            asks=("opd", "logins"),
            stacks=True,
            lifts="",
            preview=deeds.signing_out,
            do=deeds.sign_out,
        ),
        Kind(
            "accounts_locked",
            LABELS["accounts_locked"],
            _("Orang yang disebut tidak dapat masuk, dan sesinya berakhir."),
            _PUNCHES,
            hours=None,
            asks=("logins",),
            stacks=True,
            lifts=_("Buka kunci"),
            preview=deeds.locking,
            do=deeds.lock,
            undo=deeds.unlock,
        ),
        Kind(
            "credentials_renewed",
            _("Kredensial diganti"),
            _("Kredensial yang dipilih tidak berlaku lagi dan dibuat baru, bila perlu bertahap per OPD."),
            _PUNCHES,
            hours=None,
            asks=("credentials", "opd", "logins", "minutes_apart"),
            stacks=True,
            lifts="",
            preview=deeds.renewing,
            do=deeds.renew,
        ),
        Kind(
            "files_quarantined",
            LABELS["files_quarantined"],
            _("Berkas yang disebut tidak dapat dibuka siapa pun, dan berkas dengan isi yang sama ditolak."),
            _PUNCHES,
            hours=None,
            asks=("digests", "logins"),
            stacks=True,
            lifts=_("Kembalikan berkas"),
            preview=deeds.setting_apart,
            do=deeds.set_apart,
            undo=deeds.bring_back,
            lifted_by_two=True,
        ),
        Kind(
            "networks_blocked",
            LABELS["networks_blocked"],
            _("Halaman tidak terbuka dari jaringan yang disebut, untuk siapa pun."),
            _("Absen dari aplikasi yang terpasang dan dari mesin tetap diterima dari jaringan itu."),
            hours=4 * HOUR,
            longest=7 * DAY,
            asks=("networks",),
            stacks=True,
            lifts=_("Buka blokir"),
            preview=deeds.blocking,
            do=deeds.block,
        ),
        Kind(
            "public_pages_off",
            LABELS["public_pages_off"],
            _("Halaman tanpa akun (pemeriksaan dokumen) menjawab 503; mesin pencari menunggu tanpa menghapusnya."),
            _("Pegawai masuk dan bekerja seperti biasa."),
            hours=DAY,
        ),
        Kind(
            "exports_off",
            LABELS["exports_off"],
            _("Daftar, dokumen, dan berkas buatan platform tidak dapat diunduh; isinya tetap terbaca di halaman."),
            _("Paket cadangan tetap dapat diambil."),
            hours=DAY,
        ),
        Kind(
            "fallback",
            LABELS["fallback"],
            _(
                "Semua halaman mengarah ke paket cadangan: daftar hadir untuk dicetak dan isian absen. Absen dan isian "
                "yang masuk tetap tersimpan."
            ),
            _PUNCHES,
            hours=None,
            lifts=_("Akhiri mode cadangan"),
        ),
        Kind(
            "suspended",
            _("Ditangguhkan"),
            _("Alamat wilayah menampilkan halaman penutupan, tidak ada data yang dibuka, dan pekerjaan latar ditolak."),
            _("HP dan mesin menyimpan absen dan mengirimnya setelah alamat dibuka lagi."),
            hours=None,
            lifts=_("Buka lagi alamatnya"),
            preview=deeds.suspension,
        ),
    )
}
