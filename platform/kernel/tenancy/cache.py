"""The cache may be gone; then every key is a miss and nothing is lost."""

from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError
from typing_extensions import override

log = structlog.get_logger(__name__)


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, for which a Redis that is away means "not cached"."""

    @override
    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError as error:
            return self._missed(error, default)

    @override
    def set(self, key: Any, value: Any, timeout: Any = ..., version: int | None = None) -> None:
        try:
            if timeout is ...:
                super().set(key, value, version=version)
            else:
                super().set(key, value, timeout, version)
        except RedisError as error:
            self._missed(error, None)

    @override
    def add(self, key: Any, value: Any, timeout: Any = ..., version: int | None = None) -> bool:
        try:
            if timeout is ...:
                return bool(super().add(key, value, version=version))
            return bool(super().add(key, value, timeout, version))
        except RedisError as error:
            return bool(self._missed(error, True))

    @override
    def delete(self, key: Any, version: int | None = None) -> bool:
        try:
            return bool(super().delete(key, version))
        except RedisError as error:
            return bool(self._missed(error, False))

    @staticmethod
    def _missed(error: RedisError, answer: Any) -> Any:
        log.warning("cache_away", reason=type(error).__name__)
        return answer
