"""Errors that carry facts and no user text; the web layer turns them into words."""


class DomainError(Exception):
    """Something that the rules of the field refuse. Subclasses carry the facts.

    `status` is the HTTP status with which pages and the API answer; `code` is stable and machine-readable.
    """

    status = 409
    code = "refused"

    def message(self) -> str:
        """What happened and what to do, for the person. Subclasses translate it."""
        return str(self)


class NotAllowed(DomainError):
    """A reader who may see the object but may not do this to it."""

    status = 403
    code = "not_allowed"

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(permission)


class NotFound(DomainError):
    """The object does not exist, or the asker may not know that it does."""

    status = 404
    code = "not_found"

    def __init__(self, noun: str) -> None:
        self.noun = noun
        super().__init__(noun)


class Overloaded(DomainError):
    """A bounded resource is taken. Nothing was done; `retry_after` is in seconds."""

    status = 503
    code = "overloaded"

    def __init__(self, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"retry after {retry_after} s")
