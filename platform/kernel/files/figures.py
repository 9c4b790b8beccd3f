"""What the operators' console shows of files."""

from django.utils.translation import gettext_lazy as _

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
