"""A thread does not inherit the region; this hands it over on purpose."""

from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")


def in_this_scope(function: Callable[P, T]) -> Callable[P, T]:
    """Wrap a function so that, in whichever thread it runs, it sees today's scope, and closes its connections."""
    context = copy_context()

    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return context.copy().run(partial(function, *args, **kwargs))
        finally:
            connections.close_all()

    return run
