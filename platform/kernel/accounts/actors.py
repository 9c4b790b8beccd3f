"""Who did something: a person, or the platform itself."""

from dataclasses import dataclass
from typing import TypeAlias

from kernel.accounts.models import User


@dataclass(frozen=True, slots=True)
class System:
    """Work that no person started: a periodic job, a command. `name` says which."""

    name: str


Actor: TypeAlias = User | System


def name_of(actor: Actor) -> str:
    """What a list shows of who did it."""
    return actor.name if isinstance(actor, System) else actor.display_name
