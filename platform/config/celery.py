"""The Celery application: queues by lane, one beat for all regions."""

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
from celery import Celery
from celery.schedules import crontab
from celery.signals import celeryd_init, setup_logging, worker_ready
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

# On a shared machine the scheduler serves punches and pages first; a month's run takes what they leave.
HEAVY_NICENESS: Final = 15


def by_lane(name: str, args: Any, kwargs: Any, options: Any, task: Any = None, **more: Any) -> dict[str, str]:
    """The queue of a task is the lane that it names: `@shared_task(base=RegionTask, lane="heavy")`."""
    return {"queue": getattr(task, "lane", None) or "entry"}


app = Celery("kinerja")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in ("punch", "entry", "heavy", "scan", "desk")],
    task_default_queue="entry",
    task_routes=[by_lane],
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    timezone="UTC",
    beat_schedule={
        "relay-outboxes": {"task": "kernel.delivery.tasks.relay_all_regions", "schedule": 15.0},
        "resume-silent-jobs": {"task": "kernel.jobs.tasks.resume_silent_jobs", "schedule": 60.0},
        "prune": {"task": "kernel.delivery.tasks.prune_all_regions", "schedule": crontab(hour=18, minute=40)},
        "keep-approval-deadlines": {
            "task": "tenants.approvals.tasks.follow_nights",
            "schedule": crontab(minute=25),
        },
        "score-punches": {"task": "tenants.punch_review.tasks.score_all_regions", "schedule": 60.0},
        "look-for-punches": {
            "task": "tenants.attendance.tasks.look_for_punches",
            "schedule": 5.0,
            "options": {"expires": 5},
        },
        "keep-review-house": {
            "task": "tenants.punch_review.tasks.keep_house_everywhere",
            "schedule": crontab(hour=17, minute=30),
        },
        "sweep-machine-lines": {
            "task": "tenants.machines.tasks.sweep_lines_everywhere",
            "schedule": crontab(hour=17, minute=45),
        },
        "close-attendance-days": {"task": "tenants.attendance.tasks.close_days", "schedule": crontab(minute=10)},
        "grant-yearly-leave": {"task": "tenants.leave.tasks.grant_all", "schedule": crontab(minute=35)},
        "throw-away-paper-files": {
            "task": "tenants.reports.tasks.throw_away_files",
            "schedule": crontab(hour=18, minute=55),
        },
        "make-continuity-kits": {"task": "tenants.continuity.tasks.make_kits", "schedule": crontab(minute=15)},
        "watch-mornings": {"task": "tenants.disturbances.tasks.watch_mornings", "schedule": crontab()},
        "sweep-files": {"task": "kernel.files.tasks.sweep_files", "schedule": 120.0, "options": {"expires": 120}},
        "audit-locks": {"task": "tenants.payout.tasks.audit_locks", "schedule": crontab(hour=19, minute=20)},
        "seal-audit-logs": {
            "task": "kernel.audit.tasks.seal_everywhere",
            "schedule": 30.0,
            "options": {"expires": 30},
        },
        "verify-newest-seals": {"task": "kernel.audit.tasks.verify_newest_everywhere", "schedule": crontab(minute=50)},
        "verify-all-seals": {
            "task": "kernel.audit.tasks.verify_everywhere",
            "schedule": crontab(hour=19, minute=40, day_of_week="sunday"),
        },
        "keep-containment-terms": {
            "task": "control.containment.tasks.keep_terms",
            "schedule": 10.0,
            "options": {"expires": 10},
        },
        "tell-regions-of-their-events": {
            "task": "control.watch.tasks.tell_regions",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "look-for-silence": {"task": "control.watch.tasks.look_for_silence", "schedule": 600.0},
        "forget-old-security-events": {"task": "control.watch.tasks.keep_house", "schedule": crontab(minute=50)},
        "scan-watched-names": {"task": "control.pages.tasks.send_due", "schedule": 60.0},
        "watch-sites-of-incidents": {"task": "control.incidents.tasks.watch_sites", "schedule": 900.0},
        "resume-signature-searches": {"task": "control.signatures.tasks.resume", "schedule": 60.0},
        "keep-watched-names": {"task": "control.pages.tasks.keep_house", "schedule": crontab(minute=50)},
        "judge-texts-again": {"task": "kernel.texts.tasks.scan_again_everywhere", "schedule": crontab(minute=5)},
        "take-region-figures": {"task": "control.console.tasks.take_figures", "schedule": 300.0},
    },
)
app.autodiscover_tasks()


@celeryd_init.connect
def _heavy_work_gives_way(options: Mapping[str, Any], **more: Any) -> None:
    """A worker of the heavy lane alone lowers its priority before it forks; one that serves other lanes too may not."""
    queues: str | Sequence[str] = options.get("queues") or ()
    if set(queues.split(",") if isinstance(queues, str) else queues) == {"heavy"}:
        os.nice(HEAVY_NICENESS)


@worker_ready.connect
def _begin_to_watch(**kwargs: Any) -> None:
    from control.release.looking import look_from_now_on
    from kernel.watching.processes import tell_of_this_process

    tell_of_this_process("worker")
    look_from_now_on("worker")


@setup_logging.connect
def _configure_logging(**kwargs: Any) -> None:
    from kernel.web.logs import configure, start_sentry

    configure()
    start_sentry()
    structlog.get_logger(__name__).debug("worker_logging_ready")
