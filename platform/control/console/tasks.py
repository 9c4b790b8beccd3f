"""Periodic work of the console."""

from celery import shared_task

from control.console.figures import take_all_figures
from kernel.tenancy.tasks import ControlTask


@shared_task(base=ControlTask, name="control.console.tasks.take_figures", lane="desk")
def take_figures() -> None:
    """Refresh the figures of all regions."""
    take_all_figures()
