"""What disturbances refuse, with the facts of the refusal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class OwnProposal(DomainError):
    """Somebody approves what the same person proposed."""

    code = "own_proposal"
    words = _("Jam gangguan yang Anda usulkan sendiri disetujui oleh orang lain di BKPSDM.")


class AlreadyDecided(DomainError):
    """The proposal is no longer waiting."""

    code = "already_decided"
    words = _("Usulan ini sudah diputuskan. Muat ulang halaman untuk melihat keadaannya.")


class NotInForce(DomainError):
    """What is to be undone does not count."""

    code = "not_in_force"
    words = _("Jam gangguan ini tidak sedang berlaku, jadi tidak ada yang dibatalkan.")


class SpanRefused(DomainError):
    """The minutes cannot be a disturbance: they end before they begin, last too long or lie too far ahead."""

    code = "span_refused"
    words = _(
        "Selesainya harus sesudah mulainya, paling lama tujuh hari, dan mulainya paling jauh tiga puluh hari lagi."
    )


class UnitsMissing(DomainError):
    """It is not said where the disturbance was, or the place is not in the person's charge."""

    code = "units_missing"
    words = _("Pilih paling sedikit satu unit dari OPD Anda.")


class ReasonMissing(DomainError):
    """Why is not said."""

    code = "reason_missing"
    words = _("Tulis alasannya; alasan ini tampil pada riwayat.")
