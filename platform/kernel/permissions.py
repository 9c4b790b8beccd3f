"""Permission names as data, declared once, checked at start-up.

An app declares its names in `permissions.py`, imported from its AppConfig.ready. A role (kernel.accounts) is a list of
names; which roles hold a name by default is said where the name is declared. An unknown name raises.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from kernel.errors import NotAllowed
from kernel.web.htmx import page_of_form

if TYPE_CHECKING:
    from uuid import UUID

    from kernel.accounts.models import Grant, User

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)

REGION_ROLES = {
    "asn": "ASN",
    "atasan": "Atasan",
    "operator_opd": "Operator OPD",
    "bendahara": "Bendahara OPD",
    "bkpsdm": "BKPSDM",
    "inspektorat": "Inspektorat",
    "bpkad": "BPKAD",
    "diskominfo": "Diskominfo",
    "kepala_daerah": "Kepala daerah",
}
CONTROL_ROLES = {"operator": "Operator platform", "billing": "Penagihan platform"}


@dataclass(frozen=True, slots=True)
class Permission:
    """One named permission: `name` is `<app>.<verb>`, `label` the words for it, `roles` who has it by default.

    `region_wide`: what it opens cannot be cut to one OPD, so a role that is held in one OPD only does not give it.
    """

    name: str
    label: str
    roles: frozenset[str]
    region_wide: bool = False

    def given_by(self, grant: "Grant") -> bool:
        """Whether a role grant gives this permission, in its OPD or everywhere."""
        return self.name in grant.permissions and (grant.opd_uid is None or not self.region_wide)


_declared: dict[str, Permission] = {}


class UnknownPermission(Exception):
    """A name that no app declared: a mistake of ours, found at import or at start-up."""


def declare(name: str, label: str, *, roles: Iterable[str], region_wide: bool = False) -> str:
    """Declare a permission and return its name. Declaring a name differently a second time raises."""
    permission = Permission(name, label, frozenset(roles), region_wide)
    strangers = permission.roles - REGION_ROLES.keys() - CONTROL_ROLES.keys()
    if strangers:
        raise UnknownPermission(f"{name}: no such role {sorted(strangers)}")
    if _declared.setdefault(name, permission) != permission:
        raise UnknownPermission(f"{name} is declared twice, differently")
    return name


def declared() -> dict[str, Permission]:
    """All declared permissions by name."""
    return dict(_declared)


def known(name: str) -> str:
    """The name itself. Raises UnknownPermission."""
    if name not in _declared:
        raise UnknownPermission(name)
    return name


def names_for_role(role: str) -> list[str]:
    """The names that a role holds by default, in order: the seed of a new region's roles."""
    return sorted(p.name for p in _declared.values() if role in p.roles)


def user_may(user: Any, name: str, *, opd: "UUID | None" = None) -> bool:
    """Whether the person holds the permission.

    With `opd` (uid of an OPD) a grant that is limited to another OPD does not count; without it, any grant does, and
    the caller limits what is shown with `opd_scope`. A region-wide permission needs a grant for the whole region.
    """
    permission = _declared[known(name)]
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return False
    return any(
        permission.given_by(grant) and (opd is None or grant.opd_uid in (None, opd)) for grant in user.effective_grants
    )


def opd_scope(user: "User", name: str) -> "set[UUID] | None":
    """The OPDs in which the person holds the permission: None for the whole region, else the uids."""
    permission = _declared[known(name)]
    uids = {grant.opd_uid for grant in user.effective_grants if permission.given_by(grant)}
    return None if None in uids else {uid for uid in uids if uid is not None}


def require(user: Any, name: str, *, opd: "UUID | None" = None) -> None:
    """Raise NotAllowed unless `user_may`."""
    if not user_may(user, name, opd=opd):
        raise NotAllowed(name)


def page(name: str) -> Callable[[Callable[Concatenate[HttpRequest, P], R]], Callable[Concatenate[HttpRequest, P], Any]]:
    """Decorator of a view: signed in and allowed, or the log-in page, or 403.

    Who sent a form after the session had ended is told so, and comes back to the page that holds it.
    """
    known(name)

    def decorate(view: Callable[Concatenate[HttpRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], Any]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> Any:
            if not request.user.is_authenticated:
                return _to_log_in(request)
            require(request.user, name)
            return view(request, *args, **kwargs)

        checked.permission = name  # type: ignore[attr-defined]
        return checked

    return decorate


def _to_log_in(request: HttpRequest) -> HttpResponseBase:
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    text = _("Sesi Anda berakhir, jadi kiriman tadi tidak disimpan. Masuk lagi, lalu ulangi.")
    messages.info(request, text, fail_silently=True)
    return redirect_to_login(page_of_form(request))
