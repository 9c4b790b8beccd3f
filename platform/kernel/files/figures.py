"""What the operators' console shows of files."""

from datetime import timedelta

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.files.models import StoredFile
from kernel.usage import counter


@counter("scan_waiting", _("Berkas menunggu pemeriksaan"), order=90)
def scan_waiting() -> int:
    """Files that wait for the scan lane."""
    return StoredFile.objects.filter(scan=StoredFile.Scan.PENDING).count()


@counter("files_for_review", _("Berkas menunggu peninjauan"), order=91)
def files_for_review() -> int:
    """Files that wait for a person."""
    return StoredFile.objects.filter(scan=StoredFile.Scan.REVIEW).count()


@counter("scan_waiting_minutes", _("Pemeriksaan berkas tertunda paling lama (menit)"), order=92)
def scan_waiting_minutes() -> int:
    """How long the first of the files that wait for the scan lane has waited, in whole minutes."""
    return _oldest_minutes(StoredFile.Scan.PENDING)


@counter("files_for_review_minutes", _("Peninjauan berkas tertunda paling lama (menit)"), order=93)
def files_for_review_minutes() -> int:
    """How long the first of the files that wait for a person has waited, in whole minutes."""
    return _oldest_minutes(StoredFile.Scan.REVIEW)


def _oldest_minutes(state: StoredFile.Scan) -> int:
    first = StoredFile.objects.filter(scan=state).aggregate(first=Min("created_at"))["first"]
    return 0 if first is None else (clock.now() - first) // timedelta(minutes=1)
