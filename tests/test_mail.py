"""Returning by mail, to a real server that takes, refuses, delays and drops: each mail once, or left to a person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checker import ledger
from checker.changes import compare
from checker.config import Mail as Settings
from checker.errors import BadConfig, BadDeclaration, Unavailable
from checker.ledger import Ledger, Mail, MailState, Run, Version
from checker.mail import AddressBook, Delivered, Letter, Post, deliver, load, returned, summary, unreadable, writer
from checker.mail import letter as letters
from checker.mail.writing import linked
from checker.report import Outcome
from checker.report.json import render
from checker.store import open_store
from tests.postbox import HOST, Postbox, served, trusting
from tests.submissions import outcome, workbook

BUREAU = "正定县市场监督管理局"
PUSHED = {"name": "作品登记审核", "content": "对国内作者作品登记进行审核"}
ADDRESS = "zd@example.invalid"
LETTER = Letter(
    "核查结果", f"见附件。\n{letters._PLACE}.第一行\n", "结果.xlsx", b"PK" + bytes(1000), "\\\\服务器\\发件\\结果.xlsx"
)
START = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(tmp_path: Path, clock: Clock) -> Ledger:
    return ledger.open_ledger(tmp_path / "台账.db", clock)


@pytest.fixture
def run(book: Ledger) -> Run:
    return ledger.start(book, "/inbox", Version("plan@1", "0.1.0"), lease=10_000_000)


def settings(box: Postbox, **facts: object) -> Settings:
    known = {"host": HOST, "port": box.port, "sender": "czj@example.invalid", "timeout_seconds": 2.0, "attempts": 3}
    return Settings(**known | facts)


def post(box: Postbox, folder: Path, **facts: object) -> Post:
    return Post(settings(box, **facts), trusting(folder))


def states(book: Ledger, run: Run) -> list[MailState]:
    return [mail.state for mail in ledger.mails_in(book, run, *MailState)]


def send(book: Ledger, run: Run, box: Postbox, folder: Path, letter: Letter = LETTER, **facts: object) -> Delivered:
    return deliver(book, run, post(box, folder, **facts), lambda _: letter)


# What the server does.


def test_a_mail_arrives_encrypted_with_its_workbook_and_under_its_own_id(book: Ledger, run: Run, tmp_path: Path):
    ledger.owe_summary(book, run, ADDRESS)

    with served(Postbox(), tmp_path) as box:
        done = send(book, run, box, tmp_path)

    [mail] = ledger.mails_in(book, run, MailState.SENT)
    [message] = box.taken
    assert done == Delivered(sent=1)
    assert (message["To"], message["Subject"], message["Message-ID"]) == (ADDRESS, "核查结果", mail.message_id)
    [attached] = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (LETTER.name, LETTER.content)
    assert "标注后的文件见附件：结果.xlsx\r\n.第一行" in message.get_body().get_content()


def test_what_was_sent_is_never_sent_again(book: Ledger, run: Run, tmp_path: Path):
    ledger.owe_summary(book, run, ADDRESS)

    with served(Postbox(), tmp_path) as box:
        send(book, run, box, tmp_path)
        ledger.owe_summary(book, run, ADDRESS)
        again = send(book, run, box, tmp_path)

    assert again == Delivered()
    assert len(box.taken) == 1


def test_a_recipient_who_does_not_exist_is_refused_for_good_and_the_others_get_theirs(
    book: Ledger, run: Run, tmp_path: Path
):
    ledger.owe_summary(book, run, "nobody@example.invalid")
    ledger.owe_summary(book, run, ADDRESS)

    with served(Postbox({"nobody@example.invalid": "550 5.1.1 no such user"}), tmp_path) as box:
        done = send(book, run, box, tmp_path)

    [mail] = ledger.mails_in(book, run, MailState.REFUSED)
    assert done == Delivered(sent=1, refused=1)
    assert mail.problem == "邮件服务器拒收：550 5.1.1 no such user。请核对收件人邮箱。"


def test_a_busy_server_is_tried_again_after_growing_pauses(book: Ledger, run: Run, clock: Clock, tmp_path: Path):
    ledger.owe_summary(book, run, ADDRESS)

    with served(Postbox(at_data=["451 try again later", "451 try again later"]), tmp_path) as box:
        moments = []
        for _ in range(4):
            send(book, run, box, tmp_path, retry_minutes=10.0)
            waiting = ledger.mails_in(book, run, MailState.DUE)
            moments += [(mail.due_at - clock.now).total_seconds() / 60 for mail in waiting]
            clock.sleep(moments[-1] * 60 if waiting else 0)

    assert moments == [10, 20]
    assert states(book, run) == [MailState.SENT]
    assert len(box.taken) == 1


def test_a_run_with_patience_waits_for_what_it_put_off(book: Ledger, run: Run, clock: Clock, tmp_path: Path):
    ledger.owe_summary(book, run, ADDRESS)

    with served(Postbox(at_data=["451 try again later"]), tmp_path) as box:
        done = deliver(book, run, post(box, tmp_path), lambda _: LETTER, patience=3600, sleep=clock.sleep)

    assert done == Delivered(sent=1, put_off=1)
    assert clock.now >= START + timedelta(minutes=10)


def test_a_server_that_is_always_busy_is_given_up_after_so_many_attempts(
    book: Ledger, run: Run, clock: Clock, tmp_path: Path
):
    ledger.owe_summary(book, run, ADDRESS)

    with served(Postbox(at_data=["451 later"] * 9), tmp_path) as box:
        deliver(book, run, post(box, tmp_path), lambda _: LETTER, patience=1e6, sleep=clock.sleep)

    [mail] = ledger.mails_in(book, run, MailState.REFUSED)
    assert mail.attempts == 3
    assert mail.problem.endswith("已试 3 次，不再重试。")


def test_a_server_that_drops_after_the_text_leaves_the_mail_in_doubt_and_it_is_not_sent_twice(
    book: Ledger, run: Run, tmp_path: Path
):
    ledger.owe_summary(book, run, ADDRESS)

    with served(Postbox(at_data=["drop"]), tmp_path) as box:
        done = send(book, run, box, tmp_path)
        send(book, run, box, tmp_path)

    assert done == Delivered(doubtful=1)
    assert len(box.taken) == 1
    assert "请向收件人核实；不会自动重发" in ledger.mails_in(book, run, MailState.DOUBTFUL)[0].problem


def test_a_server_that_answers_too_late_leaves_the_mail_in_doubt(book: Ledger, run: Run, tmp_path: Path):
    ledger.owe_summary(book, run, ADDRESS)

    with served(Postbox(delay=1.0), tmp_path) as box:
        done = send(book, run, box, tmp_path, timeout_seconds=0.3)

    assert done == Delivered(doubtful=1)


def test_a_server_that_drops_before_the_text_has_surely_not_taken_it(book: Ledger, run: Run, tmp_path: Path):
    ledger.owe_summary(book, run, ADDRESS)

    with served(Postbox({ADDRESS: "421 closing"}), tmp_path) as box:
        done = send(book, run, box, tmp_path)

    assert done == Delivered(put_off=1)
    assert box.taken == []


def test_a_server_that_is_down_is_asked_once_a_run(book: Ledger, run: Run, tmp_path: Path):
    for number in range(5):
        ledger.owe_summary(book, run, f"{number}@example.invalid")
    with served(Postbox(), tmp_path) as box:
        pass

    done = send(book, run, box, tmp_path)

    assert done == Delivered(put_off=1)
    assert states(book, run) == [MailState.DUE] * 5
    assert "连不上邮件服务器" in ledger.mails_in(book, run, MailState.DUE)[0].problem


def test_mail_that_was_in_hand_when_the_program_died_is_not_sent_again(book: Ledger, run: Run, tmp_path: Path):
    ledger.owe_summary(book, run, ADDRESS)
    ledger.due_mails(book, run)  # and here the program dies
    ledger.end(book, run)
    next_run = ledger.start(book, "/inbox", Version("plan@1", "0.1.0"))

    with served(Postbox(), tmp_path) as box:
        done = send(book, next_run, box, tmp_path)

    assert done == Delivered()
    assert box.taken == []
    assert states(book, next_run) == [MailState.DOUBTFUL]


def test_a_letter_that_cannot_be_written_now_is_put_off(book: Ledger, run: Run, tmp_path: Path):
    ledger.owe_summary(book, run, ADDRESS)

    def write(_: Mail) -> Letter:
        raise Unavailable("存档中没有文件")

    with served(Postbox(), tmp_path) as box:
        done = deliver(book, run, post(box, tmp_path), write)

    assert done == Delivered(put_off=1)
    assert states(book, run) == [MailState.DUE]


# Encryption.


def test_a_server_without_encryption_gets_neither_mail_nor_password(book: Ledger, run: Run, tmp_path: Path):
    ledger.owe_summary(book, run, ADDRESS)

    with served(Postbox(), tmp_path, tls=False) as box:
        first = send(book, run, box, tmp_path)
        second = post(box, tmp_path, starttls=False, user="czj", password="geheim").send(
            LETTER, ADDRESS, "<1@x>", START
        )

    assert first == Delivered(put_off=1)
    assert "没有加密，不发送口令" in second.problem
    assert (box.seen, box.taken) == ([], [])


def test_a_server_with_a_certificate_nobody_signed_is_not_trusted(tmp_path: Path):
    with served(Postbox(), tmp_path) as box:
        result = Post(settings(box)).send(LETTER, ADDRESS, "<1@x>", START)

    assert "证书不可信" in result.problem
    assert box.seen == []


def test_user_and_password_are_given_over_the_encrypted_line(tmp_path: Path):
    with served(Postbox(password="right"), tmp_path) as box:
        right = post(box, tmp_path, user="czj", password="right").send(LETTER, ADDRESS, "<1@x>", START)
        wrong = post(box, tmp_path, user="czj", password="wrong").send(LETTER, ADDRESS, "<2@x>", START)
        odd = post(box, tmp_path, user="czj", password="口令").send(LETTER, ADDRESS, "<3@x>", START)

    assert right.problem == ""
    assert "不接受用户名或口令" in wrong.problem
    assert "以外的字符" in odd.problem
    assert box.ids == ["<1@x>"]


# Size.


@pytest.mark.parametrize(("limits", "attached"), [({}, True), ({"attach_megabytes": 0.0005}, False)])
def test_a_workbook_over_the_limit_is_linked_and_not_attached(tmp_path: Path, limits: dict, attached: bool):
    with served(Postbox(), tmp_path) as box:
        post(box, tmp_path, **limits).send(LETTER, ADDRESS, "<1@x>", START)

    [message] = box.taken
    assert bool(list(message.iter_attachments())) == attached
    assert (LETTER.link in message.get_body().get_content()) == (not attached)


def test_the_limit_a_server_states_counts_too(tmp_path: Path):
    big = replace(LETTER, content=bytes(200_000))
    with served(Postbox(), tmp_path, largest=100_000) as box:
        result = post(box, tmp_path).send(big, ADDRESS, "<1@x>", START)

    assert result.problem == ""
    assert LETTER.link in box.taken[0].get_body().get_content()


# What stands in it.


def test_the_mail_says_the_verdict_the_errors_and_what_was_mended():
    now = outcome("正定/预算.xlsx", workbook(BUREAU, [PUSHED]))
    before = outcome(
        "正定/预算.xlsx", workbook(BUREAU, [PUSHED, PUSHED | {"name": "专利侵权纠纷行政裁决", "content": ""}])
    )

    mail = returned(now, BUREAU, b"PK", "预算.xlsx", compare(before.report, now.report))

    assert mail.subject == "正定县市场监督管理局：预算级次核查结果（正定/预算.xlsx）"
    text = mail.body(attached=True)
    assert "结论：发现 1 处错误，请修改后重新报送" in text
    assert "LV01　填报表!" in text
    assert "与上次报送相比：已改正 1 处，新出现 0 处，仍未改正 1 处。" in text
    assert "$" not in text
    assert "\x00" not in text


def test_a_file_nobody_could_read_is_answered_with_the_cure():
    mail = unreadable(Outcome("预算.xlsx", error=("encrypted", "文件设有打开密码。请清空打开密码。")), "")

    assert mail.subject == "预算单位：报送文件无法核查（预算.xlsx）"
    assert "请清空打开密码" in mail.body(attached=False)


def test_the_office_gets_the_summary():
    mail = summary([outcome("a.xlsx", workbook(BUREAU, [PUSHED])).report.counts, None], b"PK", "汇总.xlsx")

    text = mail.body(attached=True)
    assert "共核查 2 个文件：1 个有错误，1 个无法核查。" in text
    assert "明细共 1 行：级次相符 0 行，级次不符 1 行" in text
    assert "汇总工作簿见附件：汇总.xlsx" in text


def test_no_bureau_s_name_begins_a_header_of_its_own(tmp_path: Path):
    hostile = returned(
        outcome("a.xlsx", workbook(BUREAU, [PUSHED])), "某局\r\nBcc: all@example.invalid", b"PK", "a.xlsx"
    )

    with served(Postbox(), tmp_path) as box:
        post(box, tmp_path).send(hostile, ADDRESS, "<1@x>", START)

    assert box.taken[0]["Bcc"] is None
    assert box.seen == [ADDRESS]


def test_a_template_with_a_field_nobody_fills_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "summary.txt").write_text("主题：汇总\n\n$conclusions", "utf-8")
    monkeypatch.setattr(letters, "_FOLDER", tmp_path)

    with pytest.raises(BadDeclaration, match="不认识的字段 conclusions"):
        letters.template.__wrapped__("summary")


# From the ledger and the store.


def test_what_the_ledger_owes_is_written_from_the_store(book: Ledger, run: Run, tmp_path: Path):
    store = open_store(tmp_path / "store")
    now = outcome("正定/预算.xlsx", workbook(BUREAU, [PUSHED]))
    for name, found in (
        ("正定/预算.xlsx", now),
        ("正定/坏.xlsx", replace(now, report=None, error=("encrypted", "请清空打开密码。"))),
    ):
        job = ledger.receive(book, run, name, store.keep(name.encode()))
        [job] = ledger.claim(book, run)
        report = store.keep(render([found]).encode()) if found.report else ""
        job = ledger.record(book, run, job, replace(found, file=name), report)
        marked = store.keep(b"PK marked") if found.report else ""
        ledger.returned(book, run, job, marked, f"{BUREAU}/预算.xlsx", [ADDRESS])
    ledger.owe_summary(book, run, "office@example.invalid")

    with served(Postbox(), tmp_path) as box:
        send_with = writer(book, store, settings(box), [now.report.counts], b"PK summary", "汇总.xlsx")
        done = deliver(book, run, post(box, tmp_path), send_with)

    first, second, third = box.taken
    assert done == Delivered(sent=3)
    assert [part.get_content() for part in first.iter_attachments()] == [b"PK marked"]
    assert BUREAU in first["Subject"]
    assert "请清空打开密码" in second.get_body().get_content()
    assert [part.get_filename() for part in third.iter_attachments()] == ["汇总.xlsx"]


@pytest.mark.parametrize(
    ("start", "link"),
    [
        ("", ""),
        ("https://czj.example/out/", "https://czj.example/out/某局/预算.xlsx"),
        ("\\\\server\\发件\\", "\\\\server\\发件\\某局\\预算.xlsx"),
    ],
)
def test_a_link_is_written_as_its_place_is_opened(start: str, link: str):
    assert linked(start, "某局/预算.xlsx") == link


# The address book.

CSV = """单位,行政区划,邮箱
正定县市场监督管理局,,zd@example.invalid；zd2@example.invalid
市场监督管理局,藁城区,gc@example.invalid
,赵县,zx@example.invalid
*,,rest@example.invalid
"""


@pytest.fixture
def addresses(tmp_path: Path) -> AddressBook:
    (tmp_path / "通讯录.csv").write_text(CSV, "gb18030")
    return load(tmp_path / "通讯录.csv")


@pytest.mark.parametrize(
    ("bureau", "division", "found"),
    [
        (BUREAU, "正定县", ("zd@example.invalid", "zd2@example.invalid")),
        ("正定县市场监督管理局 ", "130123", ("zd@example.invalid", "zd2@example.invalid")),
        ("市场监督管理局", "130109", ("gc@example.invalid",)),
        ("赵县科学技术局", "", ("zx@example.invalid",)),
        ("平山县科学技术局", "平山县", ("rest@example.invalid",)),
        ("", "", ("rest@example.invalid",)),
    ],
)
def test_a_bureau_is_found_by_name_and_division_then_by_division_then_the_rest(
    addresses: AddressBook, bureau: str, division: str, found: tuple[str, ...]
):
    assert addresses.recipients(bureau, division) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("单位,电话\n甲局,1\n", "缺少“邮箱”一列"),
        ("单位,邮箱\n甲局,not an address\n", "第 2 行：“not”不是可用的邮箱地址"),
        ("单位,邮箱\n甲局,\n", "第 2 行：没有邮箱"),
        ("单位,行政区划,邮箱\n甲局,火星县,a@example.invalid\n", "行政区划“火星县”不在代码表中"),
        ("单位,行政区划,邮箱\n,,a@example.invalid\n", "单位和行政区划不能都空着"),
    ],
)
def test_an_address_book_with_a_mistake_names_the_line(tmp_path: Path, text: str, message: str):
    (tmp_path / "通讯录.csv").write_text(text, "utf-8")

    with pytest.raises(BadConfig, match=message):
        load(tmp_path / "通讯录.csv")


def test_an_address_book_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(BadConfig, match="打不开"):
        load(tmp_path / "没有.csv")
