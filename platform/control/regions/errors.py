"""What an operator may not do to a region."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class ReasonMissing(DomainError):
    """A switch that people will notice needs a reason."""

    status = 422
    code = "reason_missing"
    words = _("Tuliskan alasannya; alasan ini tercatat di jejak audit.")


class NoName(DomainError):
    """What was written cannot be a host name."""

    status = 422
    code = "no_host_name"
    words = _("Tulis nama host saja, tanpa https:// dan garis miring. Contoh: absen.manadokota.go.id")


class NameTaken(DomainError):
    """Another region answers by this name."""

    status = 409
    code = "host_name_taken"
    words = _("Alamat ini sudah dipakai wilayah lain.")


class NameOfAnother(DomainError):
    """The operators' own name, or one that belongs to the region whose code it begins with."""

    status = 422
    code = "host_name_of_another"
    words = _("Alamat ini milik platform: dipakai operator, atau akan menjadi alamat wilayah lain.")
