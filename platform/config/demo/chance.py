"""Chance that falls the same way every time: the demo's months look lived-in and are the same on every machine."""

import hashlib


def draw(*seed: object, below: int) -> int:
    """A number from 0 up to but without `below`, fixed by the seed."""
    digest = hashlib.sha256("/".join(str(part) for part in seed).encode()).digest()
    return int.from_bytes(digest[:8]) % below


def happens(percent: int, *seed: object) -> bool:
    """Whether something that happens in so many of a hundred cases happens in this one."""
    return draw("happens", *seed, below=100) < percent
