"""Ends and turns that come by themselves."""

from celery import shared_task

from control.containment import actions, pairs
from kernel.tenancy.tasks import ControlTask


@shared_task(base=ControlTask, name="control.containment.tasks.keep_terms", lane="desk")
def keep_terms() -> None:
    """End what ran out, renew what is due, close requests that nobody decided."""
    actions.let_run_out()
    actions.take_due_steps()
    pairs.let_run_out()
