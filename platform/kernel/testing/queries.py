"""Committed query counts: a page's number of queries changes on purpose, in the same commit, or the test fails."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

T = TypeVar("T")

REFRESH = "REFRESH_QUERY_COUNTS"
# The registry is read when its snapshot is old, not because of the page.
_NOT_OF_THE_PAGE = "FROM regions_region r LEFT JOIN regions_domain"


def counts_file() -> Path:
    """Where the counts stand, by name."""
    return Path(settings.BASE_DIR) / "tests" / "query_counts.json"


def assert_query_count(name: str, call: Callable[[], T], *, file: Path | None = None) -> T:
    """Make the call and compare its number of queries with the committed one; returns what the call returned.

    `name` is `<app>.<page>[.<case>]`. With REFRESH_QUERY_COUNTS=1 the number is written instead. On a mismatch the
    AssertionError lists every query.
    """
    file = file or counts_file()
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    queries = [query["sql"] for query in captured.captured_queries if _NOT_OF_THE_PAGE not in query["sql"]]
    counts: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    if os.environ.get(REFRESH) == "1":
        counts[name] = len(queries)
        file.write_text(json.dumps(dict(sorted(counts.items())), indent=2) + "\n")
        return answer
    if counts.get(name) != len(queries):
        listed = "\n".join(f"{number:3}. {sql}" for number, sql in enumerate(queries, 1))
        raise AssertionError(
            f"{name}: {len(queries)} queries, committed are {counts.get(name, 'none')} "
            f"({REFRESH}=1 writes it)\n{listed}"
        )
    return answer
