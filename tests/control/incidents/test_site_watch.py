"""While an incident of a region is open its sites are looked at each hour."""

from datetime import timedelta

from control.incidents.models import Incident
from control.incidents.tasks import watch_sites
from control.pages.models import WatchedName
from control.regions.models import Region
from kernel import clock
from tests.control.incidents.hits import NOW, a_hit


def name_of(region: str) -> WatchedName:
    return WatchedName.objects.create(
        region=Region.objects.get(code=region),
        name=f"dinas.{region}.example",
        kind="own",
        state="proved",
        token="0",
        added_by="Operator",
        next_scan_at=NOW + timedelta(hours=20),
    )


def test_the_sites_of_a_region_with_an_open_incident_are_looked_at_hourly_until_it_is_closed(desk: None) -> None:
    incident, here, there = a_hit(), name_of("manado"), name_of("banjarmasin")
    watch_sites()
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.next_scan_at, here.hourly_until) == (NOW + timedelta(minutes=5), NOW + timedelta(minutes=40))
    assert (there.next_scan_at, there.hourly_until) == (NOW + timedelta(hours=20), None)
    WatchedName.objects.filter(pk=here.pk).update(next_scan_at=NOW + timedelta(minutes=50))
    watch_sites()
    here.refresh_from_db()
    assert here.next_scan_at == NOW + timedelta(minutes=50)
    Incident.objects.filter(pk=incident.pk).update(state=Incident.State.CLOSED, closed_at=NOW)
    with clock.at(NOW + timedelta(minutes=15)):
        watch_sites()
    here.refresh_from_db()
    assert here.hourly_until == NOW + timedelta(minutes=40)
