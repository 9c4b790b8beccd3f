"""Who is asking."""

from django.http import HttpRequest

from kernel.accounts.models import User
from kernel.errors import NotAllowed


def person(request: HttpRequest) -> User:
    """The signed-in person behind a request. Raises NotAllowed when nobody is signed in."""
    user = request.user
    if not isinstance(user, User):
        raise NotAllowed("accounts.signed_in")
    return user
