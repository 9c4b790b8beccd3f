"""What the operators' console counts of a region's outbox."""

from django.utils.translation import gettext_lazy as _

from kernel.delivery.models import OutboxMessage
from kernel.usage import counter


@counter("outbox_waiting", _("Pesan tertahan"), order=50)
def count_waiting() -> int:
    """Messages that no relay has handed over yet; more than a few for long means that the broker is away."""
    return OutboxMessage.objects.filter(sent_at__isnull=True).count()
