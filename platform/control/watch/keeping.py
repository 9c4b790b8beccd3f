"""How long events are kept: by how grave they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.db import connection

from control.watch.models import Alert, SecurityEvent
from kernel import clock
from kernel.watching.names import AUTHN_LOGIN_FAIL, Severity

KEPT_FOR: Final[Mapping[Severity, timedelta]] = {
    # Longer than a device counts as known (`taking_in.KNOWN_DEVICE_FOR`).
    Severity.INFORMATIONAL: timedelta(days=100),
    Severity.LOW: timedelta(days=180),
    Severity.MEDIUM: timedelta(days=365),
    Severity.HIGH: timedelta(days=730),
    Severity.CRITICAL: timedelta(days=730),
}
ALERTS_KEPT_FOR: Final = timedelta(days=730)
# In which bucket an attempted password falls is asked over one day (security note, 4.2).
BUCKETS_KEPT_FOR: Final = timedelta(hours=24)
_AT_ONCE: Final = 20_000

_FORGET_BUCKETS: Final = """
    UPDATE watch_securityevent SET facts = facts - 'password_bucket'
    WHERE name = %s AND at < %s AND at > %s AND jsonb_exists(facts, 'password_bucket')
"""


def prune() -> int:
    """Remove what is older than its severity is kept; returns how many events."""
    removed, moment = 0, clock.now()
    for level, kept in KEPT_FOR.items():
        old = SecurityEvent.objects.filter(severity=level.rank, at__lt=moment - kept)
        while gone := SecurityEvent.objects.filter(pk__in=old.values("pk")[:_AT_ONCE]).delete()[0]:
            removed += gone
    Alert.objects.filter(last_at__lt=moment - ALERTS_KEPT_FOR).delete()
    return removed


def forget_buckets() -> int:
    """Remove the buckets of passwords that were attempted more than a day ago; returns of how many events."""
    moment = clock.now() - BUCKETS_KEPT_FOR
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_BUCKETS, [AUTHN_LOGIN_FAIL, moment, moment - timedelta(days=14)])
        return int(cursor.rowcount)
