"""The second opinion, and the back-scan after the rules have changed."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction

from kernel.delivery.tasks import on_every_side
from kernel.judol import Verdict, judge_text
from kernel.judol.linear import shipped
from kernel.judol.opinion import heard
from kernel.tenancy.context import is_control
from kernel.tenancy.tasks import ControlTask, RegionTask
from kernel.texts import backscan, gate
from kernel.texts.models import TextHold


@shared_task(base=RegionTask, name="kernel.texts.tasks.hear", lane="scan")
def hear(place: str, text: str) -> None:
    """Hear the model on a text that the rules found something in.

    What it lifts is flagged for a reviewer, or said to the reviewer who has it already. Harmless when repeated.
    """
    where = gate.places().get(place)
    if where is None or gate.is_settled(place, text):
        return
    judged = heard(judge_text(text), text, shipped())
    with transaction.atomic():
        waiting = TextHold.objects.same(place=place, digest=gate.digest_of(text)).waiting()
        if waiting.update(model_says=str(judged.model), verdict=judged.verdict):
            return
        if judged.verdict is not Verdict.ALLOW:
            gate.flag(where, text, judged, is_heard=True)


@shared_task(base=ControlTask, name="kernel.texts.tasks.scan_again_everywhere", lane="desk")
def scan_again_everywhere() -> None:
    """Start the back-scan of every live region that was not judged by the present rules."""
    on_every_side(_start_in_a_region)


def _start_in_a_region() -> None:
    if not is_control():
        with transaction.atomic():
            backscan.start_if_due()
