"""What is refused about screens, tablets and PINs."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class LabelTaken(DomainError):
    """Two screens, or two tablets, of a unit under one name could not be told apart."""

    code = "label_taken"
    words = _("Unit ini sudah punya yang bernama sama. Pakai nama lain.")


class KioskCodeRefused(DomainError):
    """Unknown, used or expired: which of them is not said."""

    status = 422
    code = "kiosk_code"
    words = _("Kode pemasangan tidak cocok, sudah dipakai, atau lewat waktunya. Minta kode baru kepada operator.")


class WeakPin(DomainError):
    """A PIN that a colleague would try first."""

    status = 422
    code = "weak_pin"
    words = _("PIN ini terlalu mudah ditebak. Jangan pakai angka kembar, angka urut, atau tanggal lahir.")


class NotOfKiosk(DomainError):
    """A request that the tablet's key did not sign, or that an ended tablet signed."""

    status = 403
    code = "not_of_kiosk"
    words = _("Tablet ini tidak terdaftar lagi. Minta operator memasangnya kembali.")
