"""The cache may be gone; then every key is a miss and nothing is lost."""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError
from typing_extensions import override

T = TypeVar("T")
log = structlog.get_logger(__name__)


def _forgiving(work: Callable[[], T], answer: T) -> T:
    """What the work gives, or `answer` when Redis is away."""
    try:
        return work()
    except RedisError as error:
        log.warning("cache_away", reason=type(error).__name__)
        return answer


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, for which a Redis that is away means "not cached"."""

    @override
    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _forgiving(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    @override
    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        _forgiving(lambda: super(ForgivingRedisCache, self).set(key, value, timeout, version), None)

    @override
    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return _forgiving(lambda: bool(super(ForgivingRedisCache, self).add(key, value, timeout, version)), True)

    @override
    def delete(self, key: Any, version: int | None = None) -> bool:
        return _forgiving(lambda: bool(super(ForgivingRedisCache, self).delete(key, version)), False)

    @override
    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return _forgiving(lambda: bool(super(ForgivingRedisCache, self).touch(key, timeout, version)), False)

    @override
    def has_key(self, key: Any, version: int | None = None) -> bool:
        return _forgiving(lambda: bool(super(ForgivingRedisCache, self).has_key(key, version)), False)

    @override
    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        return _forgiving(lambda: dict(super(ForgivingRedisCache, self).get_many(keys, version)), {})

    @override
    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        return _forgiving(lambda: list(super(ForgivingRedisCache, self).set_many(data, timeout, version)), list(data))

    @override
    def delete_many(self, keys: Any, version: int | None = None) -> None:
        _forgiving(lambda: super(ForgivingRedisCache, self).delete_many(keys, version), None)

    @override
    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """The new count. A count that is not there, also because Redis is away, is a ValueError, as in Django."""
        try:
            return int(super().incr(key, delta, version))
        except RedisError as error:
            raise ValueError(f"Key {key!r} not found") from error
