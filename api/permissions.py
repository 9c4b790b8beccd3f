"""An API view states its permission name, like a page does."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from typing_extensions import override

from kernel.permissions import known, user_may


class HasNamedPermission(BasePermission):
    """Allows who holds the view's `permission`; a view without one is a mistake of ours and raises."""

    @override
    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user.is_authenticated and user_may(request.user, known(view.permission))
