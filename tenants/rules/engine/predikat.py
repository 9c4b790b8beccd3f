"""The SKP rating matrix of PermenPANRB 6/2022."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from .facts import Predikat

Expectation = Literal["di_atas", "sesuai", "di_bawah"]

# Rows are the work result (hasil kerja), columns the behaviour (perilaku kerja).
_MATRIX: Final[Mapping[tuple[Expectation, Expectation], Predikat]] = MappingProxyType(
    {
        ("di_atas", "di_atas"): "sangat_baik",
        ("di_atas", "sesuai"): "baik",
        ("di_atas", "di_bawah"): "kurang",
        ("sesuai", "di_atas"): "baik",
        ("sesuai", "sesuai"): "baik",
        ("sesuai", "di_bawah"): "kurang",
        ("di_bawah", "di_atas"): "butuh_perbaikan",
        ("di_bawah", "sesuai"): "butuh_perbaikan",
        ("di_bawah", "di_bawah"): "sangat_kurang",
    }
)


def predikat(hasil: Expectation, perilaku: Expectation) -> Predikat:
    """The predikat of a work result and a behaviour, each against expectation. Raises ``KeyError``."""
    return _MATRIX[hasil, perilaku]
