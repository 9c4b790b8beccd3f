"""What the review refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class OwnPunch(DomainError):
    """Nobody decides about an own punch."""

    status = 403
    code = "own_punch"
    words = _("Absen Anda sendiri ditinjau oleh orang lain. Tambahkan penjelasan di halaman tinjauan absen Anda.")


class ReasonNeeded(DomainError):
    """What costs somebody a punch, or moves it, is said with a reason."""

    status = 422
    code = "reason_needed"
    words = _("Tulis alasannya: pegawai membacanya.")


class TimeOutOfReach(DomainError):
    """A corrected time lies on another day, or ahead."""

    status = 422
    code = "time_out_of_reach"
    words = _("Jam yang benar harus dalam 24 jam dari jam absennya, dan tidak di depan.")


class AlreadyDecided(DomainError):
    """Somebody decided meanwhile; one decision does not silently take the place of another."""

    code = "already_decided"
    words = _("Absen ini sudah diputuskan. Bila keputusannya keliru, batalkan dulu, lalu putuskan lagi.")


class NothingToUndo(DomainError):
    """No verdict stands on the punch."""

    code = "nothing_to_undo"
    words = _("Belum ada keputusan yang dapat dibatalkan untuk absen ini.")
