"""One URL, two answers; navigation; error pages; the display settings."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import polib
import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from PIL import Image

from kernel.web import errors, htmx, navigation
from kernel.web.context import Can
from kernel.web.middleware import Locale, RefusalPages, SecurityHeaders
from kernel.web.navigation import Item, Link

PART = "components/live_swap.html"
PAGE = "errors/page.html"


def asked(path: str = "/", **headers: str) -> HttpRequest:
    request = RequestFactory().get(path, headers=headers)
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


@pytest.mark.parametrize(
    ("headers", "part"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_htmx_gets_the_part_and_a_browser_the_page(headers: dict[str, str], part: bool) -> None:
    request = asked(**headers)
    response = htmx.answer(request, PAGE, {"title": "Judul"}, part=PART)
    assert (b"<!doctype html>" not in response.content) is part
    assert "HX-Request" in response["Vary"]


def test_a_message_travels_with_the_part_into_the_live_region() -> None:
    request = asked(**{"HX-Request": "true"})
    request._messages.add(25, "Tersimpan")  # type: ignore[attr-defined]
    content = htmx.answer(request, PAGE, part="components/back.html").content.decode()
    assert '<div id="live" hx-swap-oob="innerHTML">' in content
    assert "Tersimpan" in content


def test_an_invalid_form_is_422_so_that_nobody_takes_it_for_done() -> None:
    assert htmx.invalid(asked(), PAGE, {"title": "x"}, part=PART).status_code == 422


def test_after_a_write_the_browser_goes_on_whoever_asked() -> None:
    assert htmx.go(asked(), "/x/")["Location"] == "/x/"
    assert htmx.go(asked(**{"HX-Request": "true"}), "/x/")["HX-Redirect"] == "/x/"


class TestNavigation:
    @pytest.fixture(autouse=True)
    def empty(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(navigation, "_items", {})
        monkeypatch.setattr(navigation, "_groups", {})

    def register(self, name: str, order: int, permission: str = "", group: str = "") -> None:
        navigation.register(
            area="console", label=name, url_name=name, icon="house", order=order, permission=permission, group=group
        )

    def links(self, path: str, *held: str) -> list[tuple[str, bool]]:
        request = asked(path)
        request.urlconf = "kernel.web.urls"
        found = navigation.links("console", request, lambda name: name in held)
        return [(link.url, link.is_current) for link in found]

    def test_it_comes_in_order_and_marks_the_current_page(self) -> None:
        self.register("web-manifest", 20)
        self.register("web-display", 10)
        assert self.links("/tampilan/lebih/") == [("/tampilan/", True), ("/manifest.webmanifest", False)]

    def test_it_shows_only_what_the_person_may_open(self) -> None:
        self.register("web-display", 10, "tpp.run")
        assert self.links("/") == []
        assert self.links("/", "tpp.run") == [("/tampilan/", False)]

    def test_the_same_page_twice_is_a_mistake(self) -> None:
        self.register("web-display", 10)
        self.register("web-display", 10)
        with pytest.raises(ValueError, match="already"):
            self.register("web-display", 11)

    def groups(self) -> None:
        navigation.register_group("late", label="Nanti", icon="house", order=2)
        navigation.register_group("early", label="Dulu", icon="house", order=1)

    def sections(self, *groups: str, current: int = -1) -> list[tuple[str, int, bool]]:
        """Label, number of links and whether open, of a menu whose links have these groups."""
        links = [Link(str(n), f"/{n}/", "house", n == current, group) for n, group in enumerate(groups)]
        return [(str(section.label), len(section.links), section.is_open) for section in navigation.sections(links)]

    def test_groups_come_in_their_order_behind_what_has_none(self) -> None:
        self.groups()
        self.register("web-manifest", 1, group="late")
        self.register("web-csp-report", 2, group="early")
        self.register("web-display", 9)
        assert [item.url_name for item in navigation.items("console")] == [
            "web-display",
            "web-csp-report",
            "web-manifest",
        ]

    def test_only_the_group_of_the_page_that_is_shown_is_unfolded(self) -> None:
        self.groups()
        menu = ("", *["early"] * 4, *["late"] * 4)
        assert self.sections(*menu, current=3) == [("", 1, True), ("Dulu", 4, True), ("Nanti", 4, False)]

    def test_nothing_is_folded_in_a_menu_that_is_seen_at_a_glance(self) -> None:
        self.groups()
        assert self.sections("early", "early", "late", "late") == [("Dulu", 2, True), ("Nanti", 2, True)]

    def test_a_group_of_which_one_link_is_left_needs_no_heading(self) -> None:
        self.groups()
        assert self.sections("", "early", "late", "late") == [("", 2, True), ("Nanti", 2, True)]

    def test_a_group_nobody_made_is_a_mistake(self) -> None:
        self.register("web-display", 1, group="early")
        with pytest.raises(KeyError):
            navigation.items("console")

    def test_two_groups_of_one_name_are_a_mistake(self) -> None:
        self.groups()
        with pytest.raises(ValueError, match="already"):
            navigation.register_group("early", label="Dahulu", icon="house", order=1)

    def test_areas_are_apart(self) -> None:
        self.register("web-display", 10)
        assert navigation.items("employee") == []
        assert navigation.items("console") == [Item("console", "web-display", "web-display", "", "house", 10)]


def test_can_asks_for_the_whole_permission_name() -> None:
    can = Can(lambda name: name == "tpp.run")
    assert can["tpp"]["run"] is True  # type: ignore[index]
    assert can["tpp"]["lock"] is False  # type: ignore[index]
    with pytest.raises(TypeError, match="half a permission"):
        bool(can["tpp"])


ERROR_PAGES = [
    (errors.bad_request, 400),
    (errors.permission_denied, 403),
    (errors.csrf_failure, 403),
    (errors.read_only, 403),
    (errors.not_found, 404),
    (errors.unknown_host, 404),
    (errors.method_not_allowed, 405),
    (errors.server_error, 500),
    (errors.unavailable, 503),
    (errors.suspended, 503),
]


@pytest.mark.parametrize(("view", "status"), ERROR_PAGES)
def test_an_error_page_needs_neither_database_nor_session(view: Any, status: int) -> None:
    # No database mark: a query would raise.
    response = view(RequestFactory().get("/"))
    assert response.status_code == status
    assert response["Cache-Control"] == "no-store"
    html = response.content.decode()
    assert "<script" not in html
    assert html.count("<h1>") == 1


def test_an_error_page_carries_the_number_of_the_request() -> None:
    request = RequestFactory().get("/")
    request.request_id = "abc123"  # type: ignore[attr-defined]
    assert "abc123" in errors.server_error(request).content.decode()


def test_who_asks_for_json_gets_a_problem_document() -> None:
    response = errors.not_found(RequestFactory().get("/", headers={"Accept": "application/json"}))
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] == 404


def test_a_bare_405_gets_a_page_and_keeps_its_methods() -> None:
    from django.http import HttpResponseNotAllowed

    middleware = RefusalPages(lambda request: HttpResponseNotAllowed(["POST"]))
    response = middleware(RequestFactory().get("/"))
    assert isinstance(response, HttpResponse)
    assert response["Allow"] == "POST"
    assert b"<h1>" in response.content


def test_what_a_signed_in_person_sees_is_not_kept(settings: Any) -> None:
    middleware = SecurityHeaders(lambda request: HttpResponse())
    request = RequestFactory().get("/")
    assert "Cache-Control" not in middleware(request)
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    response = middleware(request)
    assert response["Cache-Control"] == "private, no-store"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=(self)" in response["Permissions-Policy"]


@pytest.mark.parametrize(("cookie", "language"), [("", "id"), ("en", "en"), ("fr", "id"), ("../../x", "id")])
def test_the_language_is_the_one_chosen_and_not_the_phones(cookie: str, language: str, settings: Any) -> None:
    request = RequestFactory().get("/", headers={"Accept-Language": "en-US,en"})
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = cookie
    assert Locale(lambda _: HttpResponse())(request)["Content-Language"] == language


@pytest.mark.django_db
class TestDisplaySettings:
    @pytest.fixture
    def client(self) -> Client:
        return Client(headers={"host": "manado.localhost"})

    def test_theme_and_language_are_kept_for_this_host_only(self, client: Client) -> None:
        response = client.post("/tampilan/", {"theme": "dark", "language": "en", "next": "/masuk/"})
        assert response["Location"] == "/masuk/"
        for name in ("theme", "django_language"):
            assert response.cookies[name]["domain"] == ""
            assert response.cookies[name]["httponly"]
        page = client.get("/masuk/").content.decode()
        assert '<html lang="en" data-theme="dark">' in page

    def test_no_theme_follows_the_device_again(self, client: Client) -> None:
        client.post("/tampilan/", {"theme": "dark"})
        client.post("/tampilan/", {"theme": ""})
        assert '<html lang="id">' in client.get("/masuk/").content.decode()

    @pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)", ""])
    def test_it_never_leads_elsewhere(self, client: Client, elsewhere: str) -> None:
        assert client.post("/tampilan/", {"theme": "dark", "next": elsewhere})["Location"] == "/"

    def test_the_manifest_bears_the_name_of_the_region(self, client: Client) -> None:
        manifest = client.get("/manifest.webmanifest")
        assert manifest["Content-Type"] == "application/manifest+json"
        assert manifest.json()["name"] == "Kinerja Kota Manado"

    @pytest.mark.parametrize("purpose", ["any", "maskable"])
    @pytest.mark.parametrize("size", [192, 512])
    def test_the_manifest_names_icons_that_a_home_screen_takes(self, client: Client, size: int, purpose: str) -> None:
        icons = client.get("/manifest.webmanifest").json()["icons"]
        (named,) = [
            icon["src"]
            for icon in icons
            if (icon["sizes"], icon["type"], icon.get("purpose")) == (f"{size}x{size}", "image/png", purpose)
        ]
        answer = client.get(named)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        assert "immutable" in answer["Cache-Control"]
        assert len(answer.content) < 20_000
        with Image.open(BytesIO(answer.content)) as drawn:
            assert (drawn.format, drawn.size) == ("PNG", (size, size))
            pixels = drawn.convert("RGBA")
        # A phone cuts a maskable one itself; of the other one the corners are see-through.
        assert pixels.getchannel("A").getpixel((0, 0)) == (255 if purpose == "maskable" else 0)
        assert pixels.getpixel((size // 2, size - 4)) == (11, 90, 85, 255)

    def test_an_iphone_finds_its_icon_in_every_page(self, client: Client) -> None:
        page = client.get("/masuk/").content.decode()
        (address,) = re.findall(r'<link rel="apple-touch-icon" href="([^"]+)">', page)
        with Image.open(BytesIO(client.get(address).content)) as drawn:
            assert (drawn.format, drawn.size) == ("PNG", (180, 180))
            # iPhones paint what is see-through black.
            assert drawn.convert("RGBA").getchannel("A").getextrema() == (255, 255)

    def test_an_icon_of_an_older_drawing_leads_to_the_newest(self, client: Client) -> None:
        answer = client.get("/ikon/192.000000000000.png")
        assert (answer.status_code, client.get(answer["Location"]).status_code) == (302, 200)
        assert client.get("/ikon/193.000000000000.png").status_code == 404

    def test_a_report_of_a_browser_is_only_logged(self, client: Client) -> None:
        sent = json.dumps({"csp-report": {"effective-directive": "script-src", "blocked-uri": "inline"}})
        assert client.post("/csp-report/", sent, content_type="application/csp-report").status_code == 204
        assert client.post("/csp-report/", "[", content_type="application/csp-report").status_code == 400
        assert client.post("/csp-report/", "[]", content_type="application/csp-report").status_code == 400


@pytest.mark.django_db
def test_the_log_in_page_stays_small(settings: Any) -> None:
    """60 KB and 12 requests at most, even uncompressed: a phone on a weak network has to wait for them."""
    page = Client(headers={"host": "manado.localhost"}).get("/masuk/").content
    fetched = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.decode()))
    weights = [Path(str(finders.find(path.removeprefix(settings.STATIC_URL)))).stat().st_size for path in fetched]
    assert 2 <= len(fetched) <= 11
    assert len(page) + sum(weights) <= 60_000


def test_every_text_that_is_translated_is_translated_whole(settings: Any) -> None:
    catalogue = polib.pofile(str(settings.LOCALE_PATHS[0] / "en/LC_MESSAGES/django.po"))
    assert [entry.msgid for entry in catalogue if entry.fuzzy] == []
    assert len(catalogue.translated_entries()) >= 0.9 * len(catalogue)
