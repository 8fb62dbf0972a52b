"""Every route asked by everybody who must not: a route that nobody gave a rule fails here."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.routing import BaseRoute

from checker.ledger import accounts as kept
from checker.web import gate
from checker.web.guards import HEADERS
from checker.web.witness import DEEDS
from tests.test_web import sample
from tests.web import HERE, House, csrf_of, house, send, upload

# Pages that anybody may see: how to come in, how they look, what the API is called.
PUBLIC = {"/login", "/static", "/healthz", "/language/{language}", "/api/v1/openapi.json"}
# What stands in an address and is the same for everybody who is logged in.
SHARED = ("/templates/", "/plans/", "/codes/", "/api/v1/templates/", "/api/v1/plans/", "/api/v1/findings/")
# Whose the ids in an address are: of one person, whoever else asks, or of a bureau, which the finance office sees too.
PERSONAL = ("/checks/", "/api/v1/checks/", "/tokens/")
BUREAU = ("/submissions/", "/api/v1/submissions/")
GUARDS = {gate.enter, gate.enter_with_upload, gate.review, gate.administer}
SAFE = {"GET", "HEAD"}


@dataclass(frozen=True)
class Way:
    """One method of one route, and which of our guards stand before it."""

    method: str
    path: str
    guards: frozenset[Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def is_public(self) -> bool:
        return self.path in PUBLIC


def ways(routes: list[BaseRoute]) -> list[Way]:
    found: list[Way] = []
    for route in routes:
        if hasattr(route, "original_router"):  # what include_router() leaves in FastAPI
            found += ways(route.original_router.routes)
            continue
        guards = frozenset(_guards(getattr(route, "dependant", None)))
        for method in sorted((getattr(route, "methods", None) or {"GET"}) - {"HEAD"}):
            found.append(Way(method, route.path, guards))  # type: ignore[attr-defined]
    return found


def _guards(dependant: Any) -> set[Any]:
    if dependant is None:
        return set()
    return ({dependant.call} & GUARDS).union(*map(_guards, dependant.dependencies))


@dataclass(frozen=True)
class World:
    """The server, its ways, everybody's browser, and the ids of what belongs to wenhua."""

    office: House
    ways: list[Way]
    browsers: dict[str, TestClient]
    ids: dict[str, str]

    def ask(self, way: Way, name: str, *, signed: bool = True) -> Response:
        """The way with wenhua's ids in it; signed: the form carries what a page of this person would give it."""
        browser = self.browsers[name]
        address = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: self.id(way, found[1]), way.path)
        if way.method in SAFE:
            return browser.request(way.method, address)
        csrf = csrf_of(browser.get("/")) if signed and name else "0" * 64
        return browser.request(way.method, address, data={"csrf": csrf})

    def id(self, way: Way, name: str) -> str:
        """What stands for a name in an address; the longest beginning that fits says what kind it is."""
        fitting = [start for start in self.ids if way.path.startswith(start)]
        return self.ids[max(fitting, key=len)] if fitting else "1"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with house(tmp_path_factory.mktemp("web")) as office:
        browsers = {name: office.browser(name) for name in ("", "wenhua", "jiaoyu", "shenhe", "guanli")}
        yield World(office, ways(office.app.routes), browsers, _belongings(office, browsers["wenhua"]))


def _belongings(office: House, browser: TestClient) -> dict[str, str]:
    """Beginning of an address → the id of something of wenhua's, found by asking as wenhua."""
    checked = upload(browser, content=sample("county-pushed.xlsx")).headers["location"]
    _until(lambda: browser.get(f"{checked}/marked").status_code == 200)
    handed_in = send(browser, f"{checked}/submit").headers["location"]
    _until(lambda: browser.get(f"{handed_in}/marked").status_code == 200)
    office.accounts.give_token("wenhua", "x")
    token = office.accounts.tokens("wenhua")[0].id
    check, submission = checked.rpartition("/")[2], handed_in.rpartition("/")[2]
    return {
        "/checks/": check,
        "/api/v1/checks/": check,
        "/submissions/": submission,
        "/submissions/of/": "1",  # its job: the first there is
        "/review/register/": "waivers",
        "/api/v1/submissions/": submission,
        "/tokens/": str(token),
        "/accounts/": "wenhua",
        "/templates/": "projects",
        "/api/v1/templates/": "projects",
        "/plans/": "shijiazhuang-ip-2024",
        "/api/v1/plans/": "shijiazhuang-ip-2024",
        "/codes/": "LV01",
        "/api/v1/findings/": "LV01",
    }


def _until(done: Any) -> None:
    for _ in range(600):
        if done():
            return
        time.sleep(0.1)
    raise AssertionError("it never came")


def without_rule(found: list[Way]) -> list[str]:
    """The ways that no guard of ours and no list above speaks of."""
    return [str(way) for way in found if not way.is_public and not way.guards]


def of_unknown_kind(found: list[Way]) -> list[str]:
    """The ways with an id in their address of which nobody said whose it is."""
    known = (*SHARED, *PERSONAL, *BUREAU)
    for_office = {gate.review, gate.administer}
    return [
        str(way)
        for way in found
        if "{" in way.path and not way.is_public and not way.guards & for_office and not way.path.startswith(known)
    ]


def test_every_route_has_a_guard_or_is_meant_for_everybody(world: World) -> None:
    """To mend: Depends(enter), Depends(review) or Depends(administer); only what holds nothing belongs to PUBLIC."""
    assert len(world.ways) > 40
    assert without_rule(world.ways) == []


def test_of_every_id_in_an_address_it_is_known_whose_it_is(world: World) -> None:
    """To mend: add the beginning of the address to SHARED, PERSONAL or BUREAU, and an id of wenhua's to _belongings."""
    assert of_unknown_kind(world.ways) == []


def test_a_new_route_without_a_rule_is_found(world: World) -> None:
    naked = [Way("GET", "/new", frozenset()), Way("GET", "/new/{key}", frozenset({gate.enter}))]

    assert without_rule(naked) == ["GET /new"]
    assert of_unknown_kind(naked) == ["GET /new/{key}"]


def test_who_is_not_logged_in_gets_nowhere(world: World) -> None:
    answers = {str(way): world.ask(way, "") for way in world.ways if not way.is_public}

    wrong = {
        way: answer.status_code
        for way, answer in answers.items()
        if (answer.status_code != 401 if "/api/" in way else not _asks_to_log_in(answer))
    }
    assert wrong == {}


def _asks_to_log_in(answer: Response) -> bool:
    return answer.status_code == 303 and answer.headers["location"].startswith("/login?to=/")


@pytest.mark.parametrize(
    ("guard", "names"), [(gate.review, ["wenhua", "jiaoyu"]), (gate.administer, ["wenhua", "jiaoyu", "shenhe"])]
)
def test_pages_of_the_office_do_not_exist_for_others(world: World, guard: Any, names: list[str]) -> None:
    found = [way for way in world.ways if guard in way.guards]

    answers = {f"{name}: {way}": world.ask(way, name).status_code for way in found for name in names}

    refused = {way: 401 if _is_changed_over_the_api(way) else 404 for way in answers}
    assert answers == refused


def _is_changed_over_the_api(way: str) -> bool:
    """There a cookie is good for nothing."""
    return "/api/" in way and " GET " not in way


@pytest.mark.parametrize(
    ("kinds", "names"), [(PERSONAL, ["jiaoyu", "shenhe", "guanli"]), (BUREAU, ["jiaoyu"])], ids=["personal", "bureau"]
)
def test_what_belongs_to_somebody_else_does_not_exist(world: World, kinds: tuple[str, ...], names: list[str]) -> None:
    found = [way for way in world.ways if "{" in way.path and way.path.startswith(kinds)]

    answers = {f"{name}: {way}": world.ask(way, name).status_code for way in found for name in names}

    refused = {way: 401 if _is_changed_over_the_api(way) else 404 for way in answers}
    assert len(found) > 4
    assert answers == refused


def test_the_owner_sees_what_the_others_did_not(world: World) -> None:
    """Or else the addresses above were wrong, and nothing was shown by them."""
    own = [
        way for way in world.ways if way.method == "GET" and "{" in way.path and way.path.startswith(PERSONAL + BUREAU)
    ]

    answers = {str(way): world.ask(way, "wenhua").status_code for way in own}

    assert {way: status for way, status in answers.items() if status >= 400} == {}


def test_the_finance_office_sees_what_bureaus_handed_in(world: World) -> None:
    found = [way for way in world.ways if way.method == "GET" and way.path.startswith("/submissions/{key}")]

    assert {world.ask(way, "shenhe").status_code for way in found} == {200}


def test_a_token_of_another_bureau_opens_nothing_either(world: World) -> None:
    program = world.office.browser()
    program.headers["Authorization"] = f"Bearer {world.office.accounts.give_token('jiaoyu', 'x')}"
    own = [way for way in world.ways if way.is_api and "{" in way.path and way.path.startswith(PERSONAL + BUREAU)]

    answers = {
        str(way): program.request(way.method, re.sub(r"\{\w+\}", world.id(way, ""), way.path)).status_code
        for way in own
    }

    assert answers == dict.fromkeys(map(str, own), 404)


def test_every_form_of_somebody_who_may_needs_its_signature(world: World) -> None:
    forms = [way for way in world.ways if way.method not in SAFE and not way.is_api]
    may = {gate.review: "shenhe", gate.administer: "guanli"}
    names = {way: next((may[guard] for guard in way.guards if guard in may), "wenhua") for way in forms}

    answers = {str(way): world.ask(way, name, signed=False).status_code for way, name in names.items()}

    assert len(forms) > 8
    # A draft that there is not is told before its form is read.
    assert {way: status for way, status in answers.items() if status != 403 and "/drafts/" not in way} == {}


def test_every_answer_carries_the_strict_headers(world: World) -> None:
    for way in world.ways:
        for name in ("", "guanli"):
            if way.path == "/static":
                continue
            answer = world.ask(way, name, signed=False)
            held = {header: answer.headers.get(header) for header in HEADERS}

            assert held == HEADERS, way
            assert answer.headers["strict-transport-security"] == "max-age=31536000"
            assert "no-store" in answer.headers["cache-control"], way
            assert "unsafe" not in answer.headers["content-security-policy"]
            assert not re.search(
                r"<script>|<script [^>]*[^r]>[^<]|<[^>]*\s(?:on\w+|style)=|javascript:", answer.text
            ), way


def test_no_page_tells_an_outsider_what_there_is(world: World) -> None:
    browser = world.browsers[""]

    for page in (browser.get("/login"), browser.get("/nowhere"), browser.get("/healthz")):
        assert "文化局" not in page.text
        assert "/checks" not in page.text


def test_somebody_removed_is_out_with_the_next_request(world: World) -> None:
    world.office.accounts.add("linshi", gate.Role.REVIEWER, "", "correct-horse-battery")
    browser = world.office.browser("linshi")
    before = browser.get("/").status_code

    kept.remove_user(world.office.accounts.ledger, "linshi")

    assert before == 200
    assert _asks_to_log_in(browser.get("/"))


def test_the_pages_are_for_their_host_only_where_it_is_named(tmp_path: Any) -> None:
    with house(tmp_path, hosts=("checker.example",)) as named:
        assert named.browser().get("/login").status_code == 200
        assert TestClient(named.app, base_url="https://evil.example").get("/login").status_code == 421
        assert HERE.endswith("checker.example")


def test_every_change_and_every_download_has_a_name_in_the_audit_log(world: World) -> None:
    """To mend: a line in witness.DEEDS; without one the log shows the bare route."""
    ending = ("/marked", "/original", ".xlsx", ".json", "/workbook")
    found = [way for way in world.ways if not way.is_public and (way.method not in SAFE or way.path.endswith(ending))]

    assert [str(way) for way in found if str(way) not in DEEDS and way.path != "/logout"] == []
