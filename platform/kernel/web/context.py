"""The context processor of every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, cached_property

from kernel.permissions import user_may
from kernel.web import navigation

THEMES = ("light", "dark")


class Can:
    """`can.tpp.run` in a template asks whether the person has the permission "tpp.run"."""

    def __init__(self, may: Callable[[str], bool], prefix: str = "") -> None:
        self._may = may
        self._prefix = prefix

    def __getitem__(self, name: str) -> Can | bool:
        if not self._prefix:
            return Can(self._may, name)
        return self._may(f"{self._prefix}.{name}")

    def __bool__(self) -> bool:
        raise TypeError(f"{{% if can.{self._prefix} %}} asks for half a permission name")


class Navigation:
    """`nav.employee`, `nav.console`, `nav.operator`: the links of an area, worked out when first asked for.

    `nav.console_sections` and `nav.operator_sections`: the same by their groups.
    """

    def __init__(self, request: HttpRequest, may: Callable[[str], bool]) -> None:
        self._request = request
        self._may = may

    def _links(self, area: navigation.Area) -> list[navigation.Link]:
        return navigation.links(area, self._request, self._may)

    @cached_property
    def employee(self) -> list[navigation.Link]:
        return self._links("employee")

    @cached_property
    def console(self) -> list[navigation.Link]:
        return self._links("console")

    @cached_property
    def operator(self) -> list[navigation.Link]:
        return self._links("operator")

    @cached_property
    def console_sections(self) -> list[navigation.Section]:
        return navigation.sections(self.console)

    @cached_property
    def operator_sections(self) -> list[navigation.Section]:
        return navigation.sections(self.operator)


def page(request: HttpRequest) -> dict[str, Any]:
    """`region`, `can`, `nav`, `theme` ("" follows the device) and the nonce of the page's scripts."""
    answers: dict[str, bool] = {}

    def may(name: str) -> bool:
        if name not in answers:
            user = getattr(request, "user", None)
            answers[name] = user is not None and user.is_authenticated and user_may(user, name)
        return answers[name]

    theme = request.COOKIES.get("theme", "")
    return {
        "region": getattr(request, "region", None),
        "can": Can(may),
        "nav": Navigation(request, may),
        "theme": theme if theme in THEMES else "",
        "csp_nonce": SimpleLazyObject(lambda: str(getattr(request, "csp_nonce", ""))),
    }
