"""What a region's code sees of the measures that contain an incident."""

from dataclasses import replace
from datetime import timedelta

from kernel import clock
from kernel.measures import Measure, stands, terms_of
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.state import RegionState


def _under(region: RegionState, **terms: str | None) -> RegionState:
    """The region with uploads switched off."""
    return replace(region, measures={"uploads_off": {"reason": "Berkas judi", "until": None, **terms}})


def test_a_measure_stands_in_its_region_alone(manado: RegionState, banjarmasin: RegionState) -> None:
    with region_scope(_under(manado)):
        assert stands(Measure.UPLOADS_OFF)
        assert not stands(Measure.HOLD_TEXT)
        terms = terms_of(Measure.UPLOADS_OFF)
        assert terms is not None
        assert terms["reason"] == "Berkas judi"
    with region_scope(banjarmasin):
        assert not stands(Measure.UPLOADS_OFF)


def test_a_measure_with_an_end_lifts_itself(manado: RegionState) -> None:
    until = clock.now() + timedelta(minutes=1)
    with region_scope(_under(manado, until=until.isoformat())):
        assert stands(Measure.UPLOADS_OFF)
        with clock.at(until):
            assert not stands(Measure.UPLOADS_OFF)


def test_operators_are_under_no_measure() -> None:
    with control_scope():
        assert not stands(Measure.UPLOADS_OFF)
