from typing import ClassVar

from django.db import models
from typing_extensions import override

from kernel.tenancy.fence import Fenced


class Room(Fenced):
    """A root table that regions gain by a release."""

    name = models.CharField(max_length=20)

    objects: ClassVar[models.Manager["Room"]] = models.Manager()

    class Meta:
        app_label = "annex"

    @override
    def __str__(self) -> str:
        return self.name
