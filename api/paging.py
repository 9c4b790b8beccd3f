"""Pages behind an opaque cursor; `limit` is at most 200."""

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """Stable order, newest first unless the view says otherwise; `next` and `previous` are ready-made addresses."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "-id"
