"""What the operators' console counts of a region's held texts."""

from django.utils.translation import gettext_lazy as _

from kernel.texts.models import TextHold
from kernel.usage import counter


@counter("texts_waiting", _("Tulisan menunggu ditinjau"), order=70)
def count_waiting() -> int:
    """Held and flagged texts that nobody has decided on."""
    return TextHold.objects.waiting().count()
