"""Periodic work of the incidents."""

from datetime import timedelta

from celery import shared_task

from control.incidents.models import Incident
from control.pages.actions import watch_closely
from kernel import clock
from kernel.tenancy.tasks import ControlTask

# Longer than the beat's quarter of an hour: one that is left out does not end the watch.
_AHEAD = timedelta(minutes=40)


@shared_task(base=ControlTask, name="control.incidents.tasks.watch_sites", lane="desk")
def watch_sites() -> None:
    """Have the names of every region with an open incident looked at hourly, for as long as it is open."""
    until = clock.now() + _AHEAD
    troubled = Incident.objects.exclude(state=Incident.State.CLOSED).filter(regions__isnull=False)
    for code in sorted(set(troubled.values_list("regions__code", flat=True))):
        watch_closely(region=code, until=until)
