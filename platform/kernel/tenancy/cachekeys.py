"""Cache keys carry the region; without a scope there is no key."""

from kernel.tenancy.context import scope_label


def region_key(key: str, key_prefix: str, version: int) -> str:
    """Django's KEY_FUNCTION: `<prefix>:r.<code>:<version>:<key>`. Raises NoRegion when nothing is open."""
    return f"{key_prefix}:{scope_label()}:{version}:{key}"
