"""Who may come in, and by what: passwords, cookies, tokens, what a proxy says."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from checker import ledger
from checker.cli import cli
from checker.errors import BadConfig, CheckerError
from checker.ledger import accounts as kept
from checker.ledger.people import sessions, tokens, users
from checker.web import app as web
from checker.web.accounts import digest, weakness
from checker.web.folders import folder
from checker.web.gate import Person, Role
from checker.web.login import inside
from checker.web.settings import Settings
from tests import postgres
from tests.web import HERE, PASSWORD, XLSX, House, csrf_of, house, log_in, send, upload


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("web")) as opened:
        yield opened


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    "settings", [{"host": "0.0.0.0"}, {"host": "::"}, {"hosts": ("checker.gov",)}, {"proxies": ("127.0.0.1",)}]
)
def test_where_others_can_reach_it_it_does_not_start_without_accounts(tmp_path: Path, settings: dict) -> None:
    with pytest.raises(BadConfig, match="checker users add"):
        web.create(Settings(home=tmp_path, **settings))


def test_on_this_machine_alone_nobody_logs_in_and_there_are_no_pages_about_it(tmp_path: Path) -> None:
    with TestClient(web.create(Settings(home=tmp_path, workers=1)), base_url="http://localhost") as browser:
        statuses = [browser.get(page).status_code for page in ("/", "/login", "/password", "/accounts", "/audit")]

    assert statuses == [200, 404, 404, 404, 404]


def test_once_there_are_accounts_this_machine_asks_for_them_too(tmp_path: Path) -> None:
    run(tmp_path, "add", "guanli", "--role", "admin", "--password-stdin", typed=PASSWORD)

    with TestClient(web.create(Settings(home=tmp_path, workers=1)), base_url="http://localhost") as browser:
        answer = browser.get("/", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/login?to=/")


def test_after_the_login_comes_the_page_that_was_asked_for(office: House) -> None:
    browser = office.browser()

    sent_to = browser.get("/plans?x=1").headers["location"]
    answer = log_in(browser, "wenhua", to="/plans?x=1")

    assert sent_to == "/login?to=/plans%3Fx%3D1"
    assert answer.headers["location"] == "/plans?x=1"
    assert browser.get("/plans").status_code == 200


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\\b", "", "/\n/evil.example", "/logout"]
)
def test_no_address_leads_from_the_login_to_another_site(to: str) -> None:
    assert inside(to) == "/"


def test_the_session_cookie_is_kept_from_scripts_and_other_sites_and_plain_http(office: House) -> None:
    answer = log_in(office.browser(), "wenhua")

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie


def test_the_ledger_holds_no_password_session_or_token_that_could_be_used(fresh: House) -> None:
    browser = fresh.browser("wenhua")
    token = fresh.accounts.give_token("wenhua", "夜间任务")
    cookie = browser.cookies["__Host-session"]

    with fresh.accounts.ledger.engine.connect() as connection:
        rows = [row for table in (users, sessions, tokens) for row in connection.execute(select(table))]

    held = str(rows)
    assert digest(cookie) in held
    assert digest(token) in held
    assert all(secret not in held for secret in (PASSWORD, cookie, token))
    assert "$argon2id$" in held


def test_a_wrong_password_and_a_name_nobody_has_are_told_alike(office: House) -> None:
    wrong, nobody = (log_in(office.browser(), name, "wrong-password") for name in ("jiaoyu", "nobody"))

    assert [wrong.status_code, nobody.status_code] == [401, 401]
    assert "账号或口令不对" in wrong.text
    assert wrong.text.replace("jiaoyu", "").count("账号或口令不对") == nobody.text.count("账号或口令不对")


def test_after_five_wrong_passwords_also_the_right_one_has_to_wait(fresh: House) -> None:
    browser = fresh.browser()
    statuses = [log_in(browser, "wenhua", f"wrong-password-{number}").status_code for number in range(6)]

    right = log_in(browser, "wenhua")

    assert statuses == [401] * 5 + [429]
    assert right.status_code == 429
    assert "一刻钟后再试" in right.text


def test_one_address_cannot_try_many_names(fresh: House) -> None:
    statuses = [log_in(fresh.browser(), f"name{number}", "wrong-password").status_code for number in range(21)]

    assert statuses == [401] * 20 + [429]


def test_who_mistypes_now_and_then_is_not_kept_out(fresh: House) -> None:
    browser = fresh.browser()
    for _ in range(3):
        for _ in range(4):
            log_in(browser, "wenhua", "wrong-password")

        assert log_in(browser, "wenhua").status_code == 303


def test_attempts_are_counted_before_they_are_looked_at_and_forgotten_after_their_time(tmp_path: Path) -> None:
    moment = [ledger.book.now()]
    book = ledger.open_ledger(tmp_path / "ledger.db", clock=lambda: moment[0])
    limit = kept.Limit(seconds=900, pair=2)

    first = [kept.may_try(book, "a", "10.0.0.1", limit) for _ in range(3)]
    moment[0] += timedelta(seconds=901)

    assert first == [True, True, False]
    assert kept.may_try(book, "a", "10.0.0.1", limit)


def test_logging_out_ends_the_session_for_good(office: House) -> None:
    browser = office.browser("wenhua")
    cookie = browser.cookies["__Host-session"]

    answer = send(browser, "/logout")
    again = office.browser().get("/", headers={"Cookie": f"__Host-session={cookie}"})

    assert answer.headers["location"] == "/login"
    assert again.headers["location"] == "/login?to=/"


def test_a_session_ends_after_its_time(tmp_path: Path) -> None:
    with house(tmp_path, session_seconds=-1.0) as short:
        browser = short.browser("wenhua")

        assert browser.get("/").headers["location"] == "/login?to=/"


def test_a_login_replaces_the_session_that_was_there(office: House) -> None:
    browser = office.browser("wenhua")
    before = browser.cookies["__Host-session"]

    log_in(browser, "jiaoyu")

    assert browser.cookies["__Host-session"] != before
    assert kept.session(office.accounts.ledger, digest(before)) is None


def test_a_login_form_of_another_site_does_nothing(office: House) -> None:
    form = {"name": "wenhua", "password": PASSWORD, "csrf": "0" * 64}

    assert office.browser().post("/login", data=form).status_code == 403
    assert office.browser().post("/login", data=form, headers={"Origin": "https://evil.example"}).status_code == 403


def test_by_plain_http_the_login_says_that_https_is_needed(office: House) -> None:
    browser = TestClient(office.app, base_url="http://checker.example")

    answer = browser.post("/login", data={}, headers={"Origin": "http://checker.example"})

    assert answer.status_code == 400
    assert "请改用 https:// 开头的地址" in answer.text


def test_where_there_is_no_https_it_can_be_said_so(tmp_path: Path) -> None:
    with house(tmp_path, plain_http=True) as plain:
        answer = log_in(TestClient(plain.app, base_url="http://10.0.0.9", follow_redirects=False), "wenhua")

    assert answer.status_code == 303
    assert "Secure" not in answer.headers["set-cookie"]
    assert "strict-transport-security" not in answer.headers


def test_changing_the_password_ends_every_other_session(fresh: House) -> None:
    here, there = fresh.browser("wenhua"), fresh.browser("wenhua")

    answer = send(here, "/password", "/password", old=PASSWORD, new="a-new-longer-one", again="a-new-longer-one")

    assert answer.headers["location"] == "/password?done=1"
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 303
    assert log_in(fresh.browser(), "wenhua").status_code == 401
    assert log_in(fresh.browser(), "wenhua", "a-new-longer-one").status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "status", "said"),
    [
        ("wrong-old-one", "a-new-longer-one", "a-new-longer-one", 401, "现在的口令不对"),
        (PASSWORD, "a-new-longer-one", "another", 422, "两次输入的新口令不一样"),
        (PASSWORD, "short", "short", 422, "至少要 10 个字符"),
        (PASSWORD, PASSWORD, PASSWORD, 422, "不能和现在的一样"),
    ],
)
def test_a_password_is_not_changed_by_mistake(
    office: House, old: str, new: str, again: str, status: int, said: str
) -> None:
    answer = send(office.browser("jiaoyu"), "/password", "/password", old=old, new=new, again=again)

    assert answer.status_code == status
    assert said in answer.text


def test_easy_passwords_are_refused() -> None:
    assert weakness("li", "aaaaaaaaaaaa")
    assert weakness("wenhua", "wenhua-2026-x")
    assert weakness("li", "x" * 300)
    assert not weakness("li", "yu-suan-he-cha")


def test_who_was_given_a_password_chooses_one_of_their_own_before_anything_else(fresh: House) -> None:
    fresh.accounts.change("wenhua", "given-by-somebody", renew=True)
    browser = fresh.browser()
    log_in(browser, "wenhua", "given-by-somebody")

    sent_to = browser.get("/").headers["location"]
    send(browser, "/password", "/password", old="given-by-somebody", new="a-new-longer-one", again="a-new-longer-one")

    assert sent_to == "/password"
    assert browser.get("/").status_code == 200


def test_a_token_opens_the_api_and_only_the_api_until_it_is_revoked(fresh: House) -> None:
    browser, program = fresh.browser("wenhua"), fresh.browser()
    page = send(browser, "/tokens", "/tokens", label="夜间任务").text
    secret = page.partition("<code>blc_")[2].partition("<")[0]
    header = {"Authorization": f"Bearer blc_{secret}"}

    before = program.get("/api/v1/checks", headers=header).status_code
    page_status = program.get("/checks", headers=header).status_code
    send(browser, "/tokens/1/revoke", "/tokens")
    after = program.get("/api/v1/checks", headers=header)

    assert (before, page_status, after.status_code) == (200, 303, 401)
    assert after.headers["www-authenticate"] == "Bearer"
    assert "夜间任务" not in browser.get("/tokens").text


def test_a_token_of_somebody_else_cannot_be_revoked(fresh: House) -> None:
    fresh.accounts.give_token("wenhua", "夜间任务")

    answer = send(fresh.browser("jiaoyu"), "/tokens/1/revoke", "/tokens")

    assert answer.status_code == 404
    assert len(fresh.accounts.tokens("wenhua")) == 1


def test_a_cookie_alone_changes_nothing_over_the_api(office: House) -> None:
    browser = office.browser("wenhua")

    answer = browser.post("/api/v1/checks", files={"file": ("a.xlsx", b"1")})

    assert browser.get("/api/v1/checks").status_code == 200
    assert answer.status_code == 401


def test_a_proxy_we_trust_may_say_who_asks(tmp_path: Path) -> None:
    with house(tmp_path, proxies=("10.1.0.0/16",), identity_header="X-Remote-User") as behind:
        through = TestClient(behind.app, base_url=HERE, client=("10.1.2.3", 1), follow_redirects=False)
        past = TestClient(behind.app, base_url=HERE, client=("10.2.0.1", 1), follow_redirects=False)
        said = {"X-Remote-User": "wenhua"}

        answer = through.get("/", headers=said)
        stranger = through.get("/", headers={"X-Remote-User": "lisi"})
        twice = through.get("/", headers=[("X-Remote-User", "wenhua"), ("X-Remote-User", "guanli")])

        assert answer.status_code == 200
        assert "wenhua" in answer.text
        assert past.get("/", headers=said).status_code == 303
        assert twice.status_code == 303
        assert stranger.status_code == 403
        assert "还没有您的账号" in stranger.text


def test_only_a_proxy_we_trust_may_say_where_somebody_comes_from(tmp_path: Path) -> None:
    with house(tmp_path, proxies=("10.1.0.0/16",)) as behind:
        for peer in ("10.1.2.3", "10.2.0.1"):
            browser = TestClient(behind.app, base_url=HERE, client=(peer, 1), follow_redirects=False)
            browser.headers["X-Forwarded-For"] = "6.6.6.6, 192.168.7.7, 10.1.9.9"
            log_in(browser, "wenhua")

        seen = [entry.address for entry in ledger.audit.entries(behind.accounts.ledger, what="login")]

    assert seen == ["10.2.0.1", "192.168.7.7"]


def test_behind_a_proxy_by_https_the_language_changes_on_the_page_one_is_on(tmp_path: Path) -> None:
    with house(tmp_path, proxies=("10.1.0.0/16",)) as behind:
        came = {"Referer": "https://checker.example/login", "X-Forwarded-Proto": "https"}
        through, past = (
            TestClient(behind.app, base_url="http://checker.example", client=(peer, 1), follow_redirects=False)
            for peer in ("10.1.2.3", "10.2.0.1")
        )

        answers = [browser.get("/language/en", headers=came).headers["location"] for browser in (through, past)]

    assert answers == ["/login", "/"]


def test_the_description_of_the_api_says_how_a_program_proves_who_it_is(office: House) -> None:
    told = office.browser().get("/api/v1/openapi.json").json()

    assert told["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert told["security"] == [{"token": []}, {}]


def test_an_upload_that_arrives_after_the_session_ended_is_there_after_the_login(fresh: House) -> None:
    browser = fresh.browser("wenhua")
    csrf = csrf_of(browser.get("/"))
    lapse(fresh)

    answer = upload(browser, csrf=csrf)
    kept_at = answer.headers["location"]
    login = browser.get(kept_at)
    before = browser.get(kept_at.partition("to=")[2]).status_code
    sent_to = log_in(browser, "wenhua", to=kept_at.partition("to=")[2]).headers["location"]

    assert kept_at.startswith("/login?kept=1&to=/checks/")
    assert "您的文件已经收到" in login.text
    assert before == 303
    assert "申报表.xlsx" in browser.get(sent_to).text
    assert fresh.browser("jiaoyu").get(sent_to).status_code == 404


def test_a_file_handed_in_after_the_session_ended_waits_as_a_check(fresh: House) -> None:
    browser = fresh.browser("wenhua")
    form = {"csrf": csrf_of(browser.get("/"))}
    lapse(fresh)

    answer = browser.post("/submissions", data=form, files=[("files", ("申报表.xlsx", b"no workbook", XLSX))])
    log_in(browser, "wenhua")

    assert answer.headers["location"] == "/login?kept=1&to=/checks"
    assert "申报表.xlsx" in browser.get("/checks").text
    assert "申报表.xlsx" not in browser.get("/submissions").text


def lapse(office: House) -> None:
    """All sessions end at this moment."""
    moment = office.accounts.ledger.clock() - timedelta(seconds=1)
    office.accounts.ledger.write(lambda connection: connection.execute(sessions.update().values(until=moment)))


def test_an_upload_without_a_session_that_ever_was_is_not_kept(fresh: House) -> None:
    browser = fresh.browser("wenhua")
    csrf = csrf_of(browser.get("/"))

    stranger = fresh.browser()
    refused = [upload(stranger, csrf=csrf)]
    send(browser, "/logout")
    refused.append(upload(browser, csrf=csrf))
    lapsed = fresh.browser("jiaoyu")
    lapse(fresh)
    forged = upload(lapsed, csrf="0" * 64)

    assert [answer.headers["location"] for answer in refused] == ["/login?to=/"] * 2
    assert forged.status_code == 403
    assert list(fresh.app.state.office.trials.all()) == []


def test_sending_a_form_twice_and_going_back_do_no_harm(fresh: House) -> None:
    browser = fresh.browser("wenhua")
    address = upload(browser).headers["location"]
    csrf = {"csrf": csrf_of(browser.get("/"))}

    dropped = [browser.post(f"{address}/drop", data=csrf).status_code for _ in range(2)]
    logged_out = [browser.post("/logout", data=csrf).status_code for _ in range(2)]
    back = browser.get("/")

    assert dropped == [303, 404]
    assert logged_out == [303, 303]
    assert back.headers["location"] == "/login?to=/"
    assert back.headers["cache-control"] == "no-store"


def test_an_administrator_adds_resets_and_removes_accounts(fresh: House) -> None:
    browser = fresh.browser("guanli")

    page = send(browser, "/accounts", "/accounts", name="caizheng", role="reviewer", bureau="").text
    password = page.partition("<code>")[2].partition("<")[0]
    first = log_in(fresh.browser(), "caizheng", password)
    renewed = send(browser, "/accounts/caizheng/password", "/accounts").text.partition("<code>")[2].partition("<")[0]
    second = [log_in(fresh.browser(), "caizheng", one).status_code for one in (password, renewed)]
    send(browser, "/accounts/caizheng/remove", "/accounts")

    assert first.status_code == 303
    assert second == [401, 303]
    assert log_in(fresh.browser(), "caizheng", renewed).status_code == 401
    assert "caizheng" not in browser.get("/accounts").text


def test_removing_an_account_ends_its_sessions_and_tokens_at_once(fresh: House) -> None:
    browser = fresh.browser("wenhua")
    token = {"Authorization": f"Bearer {fresh.accounts.give_token('wenhua', 'x')}"}

    send(fresh.browser("guanli"), "/accounts/wenhua/remove", "/accounts")

    assert browser.get("/").status_code == 303
    assert browser.get("/api/v1/checks", headers=token).status_code == 401


@pytest.mark.parametrize("deed", ["password", "logout"])
def test_what_an_administrator_ends_opens_nothing_any_more(fresh: House, deed: str) -> None:
    browser, program = fresh.browser("wenhua"), fresh.browser()
    token = {"Authorization": f"Bearer {fresh.accounts.give_token('wenhua', 'x')}"}
    fresh.accounts.give_token("jiaoyu", "y")
    before = program.get("/api/v1/checks", headers=token).status_code

    send(fresh.browser("guanli"), f"/accounts/wenhua/{deed}", "/accounts")

    assert before == 200
    assert browser.get("/").headers["location"] == "/login?to=/"
    assert program.get("/api/v1/checks", headers=token).status_code == 401
    assert log_in(fresh.browser(), "wenhua").status_code == (401 if deed == "password" else 303)
    assert kept.valid_tokens(fresh.accounts.ledger) == {"jiaoyu": 1}


def test_a_password_proved_before_it_was_reset_begins_no_session_and_sets_no_other(fresh: House) -> None:
    proved = fresh.accounts.prove("wenhua", PASSWORD, "10.0.0.1")
    assert proved

    fresh.accounts.reset("wenhua", "given-by-the-office")

    assert not kept.begin_session(fresh.accounts.ledger, proved, digest("s"), 60)
    assert "刚刚被重设" in fresh.accounts.change("wenhua", "chosen-by-a-thief", instead_of=proved.password)
    assert log_in(fresh.browser(), "wenhua", "given-by-the-office").status_code == 303


def test_the_list_of_accounts_says_who_has_tokens(fresh: House) -> None:
    fresh.accounts.give_token("jiaoyu", "x")

    page = fresh.browser("guanli").get("/accounts").text

    assert re.findall(r'action="/accounts/(\w+)/logout"', page) == ["guanli", "jiaoyu"]


@pytest.mark.parametrize(
    ("bureau", "said"),
    [
        ("文化_局/馆", ""),
        ("文化/局_馆", "混在一起"),
        ("文化/局/馆", "混在一起"),
        ("账号 shenhe", "没有单位的人"),
        ("本机", "没有单位的人"),
        ("局" * 201, "最长 200 个字"),
    ],
)
def test_two_bureaus_never_share_a_folder(fresh: House, bureau: str, said: str) -> None:
    fresh.accounts.add("yi", Role.BUREAU, "文化_局/馆", PASSWORD)

    told = fresh.accounts.add("bing", Role.BUREAU, bureau, PASSWORD)

    assert bool(said) == bool(told)
    assert said in told


def test_whoever_hands_in_for_no_bureau_has_a_folder_that_no_bureau_can_have(fresh: House) -> None:
    for person in (Person("shenhe", Role.REVIEWER), Person("", Role.ADMIN, is_alone=True)):
        assert "没有单位的人" in fresh.accounts.add("bing", Role.BUREAU, folder(person), PASSWORD)


def test_an_administrator_cannot_remove_themselves(fresh: House) -> None:
    answer = send(fresh.browser("guanli"), "/accounts/guanli/remove", "/accounts")

    assert answer.status_code == 422
    assert kept.user_named(fresh.accounts.ledger, "guanli")


def test_who_did_what_is_written_down_and_shown_to_the_administrator(fresh: House) -> None:
    log_in(fresh.browser(), "wenhua", "wrong-password")
    browser = fresh.browser("wenhua")
    address = upload(browser).headers["location"]
    browser.get(f"{address}/original")

    found = [(one.who, one.what, one.status) for one in ledger.audit.entries(fresh.accounts.ledger)]
    page = fresh.browser("guanli").get("/audit?who=wenhua").text

    assert found == [
        ("wenhua", "GET /checks/{key}/original", 200),
        ("wenhua", "POST /checks", 303),
        ("wenhua", "login", 0),
        ("wenhua", "login-failed", 0),
    ]
    for words in ("下载原件", "上传核查", "登录失败", "申报表.xlsx", "testclient"):
        assert words in page


def test_what_is_old_enough_is_forgotten(tmp_path: Path) -> None:
    with house(tmp_path, audit_days=30.0) as office:
        office.browser("wenhua")
        long_ago = office.accounts.ledger.clock() - timedelta(days=31)
        office.accounts.ledger.write(
            lambda connection: [
                connection.execute(ledger.people.audit.update().values(at=long_ago)),
                connection.execute(sessions.update().values(until=long_ago)),
            ]
        )
        office.accounts.note("wenhua", "login")

        office.accounts.tend()

        with office.accounts.ledger.engine.connect() as connection:
            left = [
                connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() for table in ("audit", "sessions")
            ]
    assert left == [1, 0]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.new_database()


def test_accounts_are_kept_alike_in_every_database(url: str) -> None:
    book = ledger.open_ledger(url)

    added = [kept.add_user(book, "文化局张三", "bureau", "文化局", "hash") for _ in range(2)]
    user = kept.user_named(book, "文化局张三")
    assert user
    kept.begin_session(book, user, digest("s"), 60)
    kept.add_token(book, user, digest("t"), "夜间任务")
    holder, used = kept.token_holder(book, digest("t")), kept.tokens_of(book, user.name)[0].used_at
    found = kept.session(book, digest("s"))

    assert added == [True, False]
    assert holder
    assert holder.name == user.name
    assert used
    assert found
    assert found[0].bureau == "文化局"
    assert kept.open_sessions(book) == {"文化局张三": 1}
    assert kept.remove_user(book, user.name)
    assert kept.session(book, digest("s")) is None
    assert kept.token_holder(book, digest("t")) is None


def run(home: Path, *arguments: str, typed: str = "") -> tuple[int, str]:
    """What the command line says, and its exit code."""
    result = CliRunner().invoke(cli, ["users", *arguments, "--home", str(home)], input=typed)
    refused = isinstance(result.exception, CheckerError)
    return (2, f"错误：{result.exception}\n") if refused else (result.exit_code, result.output)


def test_the_command_line_adds_lists_and_removes_accounts(tmp_path: Path) -> None:
    added = run(tmp_path, "add", "wenhua", "--role", "bureau", "--bureau", "文化局", typed=f"{PASSWORD}\n{PASSWORD}\n")
    again = run(tmp_path, "add", "wenhua", "--role", "admin", "--generate")
    listed = run(tmp_path, "list")
    removed = [run(tmp_path, "remove", "wenhua")[0] for _ in range(2)]

    assert added[0] == 0
    assert again == (2, "错误：已有名为 wenhua 的账号。\n")
    assert all(word in listed[1] for word in ("wenhua", "预算单位", "文化局"))
    assert removed == [0, 2]


def test_a_bureau_needs_the_name_of_its_bureau(tmp_path: Path) -> None:
    assert "须写明单位名称" in run(tmp_path, "add", "wenhua", "--role", "bureau", "--generate")[1]


def test_a_password_and_a_token_from_the_command_line_work(fresh: House) -> None:
    home = fresh.app.state.office.settings.home

    _, told = run(home, "password", "wenhua", "--generate")
    _, token = run(home, "token", "wenhua", "--label", "夜间任务")
    numbers = run(home, "token", "wenhua", "--list")[1]
    header = {"Authorization": f"Bearer {token.strip().splitlines()[-1]}"}
    opened = fresh.browser().get("/api/v1/checks", headers=header).status_code
    run(home, "token", "wenhua", "--revoke", "1")

    assert log_in(fresh.browser(), "wenhua", told.strip().splitlines()[-1]).headers["location"] == "/"
    assert "夜间任务" in numbers
    assert opened == 200
    assert fresh.browser().get("/api/v1/checks", headers=header).status_code == 401
    deeds = [entry.what for entry in ledger.audit.entries(fresh.accounts.ledger)]
    assert deeds == ["login", "user-token-revoked", "user-token", "user-password"]
