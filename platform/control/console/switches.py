"""An operator's switches over a region as the console shows them: their words, and what turning them does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from control.regions.actions import set_fallback, set_read_only, set_suspended
from control.regions.models import Region

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Face:
    """How a switch asks to be turned: what the link to it says, heading, consequence, and button."""

    link: Words
    heading: Words
    text: Words
    button: Words


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch over a region. `on` asks to turn it on, `off` to turn it off again. Headings name the region."""

    url_name: str
    turn: Callable[..., Region]
    is_on: Callable[[Region], bool]
    on: Face
    off: Face
    kind: str = "secondary"

    def face(self, region: Region) -> dict[str, Any]:
        """What the region's page and the preview show now."""
        is_on = self.is_on(region)
        face = self.off if is_on else self.on
        return {
            "url_name": self.url_name,
            "is_on": is_on,
            "kind": "primary" if is_on else self.kind,
            "link": face.link,
            "heading": str(face.heading) % {"name": region.name},
            "text": face.text,
            "button": face.button,
        }


SWITCHES: Final[Mapping[str, Switch]] = {
    "read_only": Switch(
        url_name="console-read-only",
        turn=set_read_only,
        is_on=lambda region: bool(region.is_read_only),
        on=Face(
            _("Jadikan hanya-baca"),
            _("Jadikan %(name)s hanya-baca?"),
            _(
                "Semua halaman tetap terbaca. Absen, aktivitas, persetujuan, dan perhitungan ditolak dengan "
                "keterangan; pekerjaan latar menunggu."
            ),
            _("Jadikan hanya-baca"),
        ),
        off=Face(
            _("Buka lagi untuk perubahan"),
            _("Buka lagi %(name)s untuk perubahan?"),
            _("Absen, aktivitas, persetujuan, dan perhitungan dapat disimpan lagi di semua halaman."),
            _("Buka lagi"),
        ),
    ),
    "fallback": Switch(
        url_name="console-fallback",
        turn=set_fallback,
        is_on=lambda region: bool(region.is_fallback),
        on=Face(
            _("Pindah ke mode cadangan"),
            _("Pindahkan %(name)s ke mode cadangan?"),
            _(
                "Absen tetap masuk seperti biasa. Semua halaman lain mengarah ke paket cadangan: daftar hadir untuk "
                "dicetak dan isian absen. Wilayah lain tidak terpengaruh."
            ),
            _("Pindah ke mode cadangan"),
        ),
        off=Face(
            _("Akhiri mode cadangan"),
            _("Akhiri mode cadangan %(name)s?"),
            _("Semua halaman terbuka lagi. Absen dan isian yang masuk selama mode cadangan tetap tersimpan."),
            _("Akhiri mode cadangan"),
        ),
    ),
    "suspend": Switch(
        url_name="console-suspend",
        turn=set_suspended,
        is_on=lambda region: bool(region.status == Region.Status.SUSPENDED),
        on=Face(
            _("Tangguhkan"),
            _("Tangguhkan %(name)s?"),
            _(
                "Alamat wilayah menampilkan halaman penutupan, tidak ada data yang dibuka, dan pekerjaan latar "
                "ditolak. Wilayah lain tidak terpengaruh."
            ),
            _("Tangguhkan"),
        ),
        off=Face(
            _("Buka lagi alamatnya"),
            _("Buka lagi alamat %(name)s?"),
            _("Pegawai dapat membuka situsnya lagi."),
            _("Buka lagi"),
        ),
        kind="danger",
    ),
}
