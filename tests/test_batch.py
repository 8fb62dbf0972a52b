"""A batch: every new file checked once and returned, whatever the others are like."""

import os
import threading
import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from checker import annotate, check, rulebook
from checker.batch import outbox
from checker.batch.office import open_office
from checker.batch.run import begun, exit_code, go
from checker.cli import cli
from checker.config import Batch, Config
from checker.errors import BadConfig, Unavailable
from checker.ledger import receive
from checker.ledger.tables import findings, jobs, results
from checker.report import Outcome
from checker.report.json import from_json, render
from checker.standing import Standing, standings
from tests.batches import Watcher, count, here, outside, put, run, settings, submission, with_version

BUREAU = "正定县市场监督管理局"
OTHER = "赵县教育局"


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path


def how_all_stand(home: Path) -> list[Standing]:
    """What a summary made now would count."""
    office = open_office(settings(home))
    with begun(office) as one:
        return list(standings(office.ledger, office.store, one))


def test_every_workbook_at_any_depth_and_in_archives_comes_back_in_its_bureaus_folder(home):
    put(home / "in", {
        "预算.xlsx": submission(),
        "教育/二〇二五/预算.xlsx": submission(OTHER),
        "全部.zip": zipped({"卫健/预算.xlsx": submission("井陉县卫生健康局")}),
        "说明.docx": b"no workbook",
    })  # fmt: skip

    finished = run(settings(home))

    assert set(finished) == {"预算.xlsx", "教育/二〇二五/预算.xlsx", "全部.zip/卫健/预算.xlsx"}
    assert outside(home / "out") == sorted(
        f"{bureau}/预算.checked.xlsx" for bureau in (BUREAU, OTHER, "井陉县卫生健康局")
    )


def test_the_marked_copy_is_what_check_and_annotate_make_of_the_file(home):
    put(home / "in", {"预算.xlsx": submission()})

    run(settings(home))

    report = check(submission(), rulebook.load())
    assert (home / "out" / BUREAU / "预算.checked.xlsx").read_bytes() == annotate(submission(), report)


def test_command_line_python_and_batch_find_the_same_in_the_same_bytes(home, monkeypatch):
    monkeypatch.chdir(home)
    put(home / "in", {"预算.xlsx": submission()})
    arguments = ["check", "--no-mark", "--format", "json", "in/预算.xlsx"]

    by_command = from_json(CliRunner().invoke(cli, arguments).stdout)
    report = check(submission(), rulebook.load())
    by_python = from_json(render([Outcome("预算.xlsx", report.sha256, report)]))
    office = open_office(settings(home))
    with begun(office) as one, here() as crew:
        go(office, one, crew, Watcher(), threading.Event())
        [standing] = standings(office.ledger, office.store, one)

    assert by_command == by_python == standing.outcome.report


def test_a_bad_file_is_one_row_and_the_others_are_checked(home):
    put(home / "in", {"坏.xlsx": b"PK nothing", "空.xls": b"", "好.xlsx": submission()})

    finished = run(settings(home))

    assert {name: done.error and done.error[0] for name, done in finished.items()} == {
        "坏.xlsx": "truncated", "空.xls": "empty-file", "好.xlsx": None,
    }  # fmt: skip
    assert exit_code(tuple(finished.values())) == 2


def test_a_second_run_has_nothing_to_do_and_a_changed_file_is_checked_again(home):
    put(home / "in", {"a.xlsx": submission(), "b.xlsx": submission(OTHER), "坏.xlsx": b"PK nothing"})
    first = run(settings(home))

    second = run(settings(home))
    put(home / "in", {"a.xlsx": submission(BUREAU, "专利导航")})
    third = run(settings(home))

    assert (set(first), second, set(third)) == ({"a.xlsx", "b.xlsx", "坏.xlsx"}, {}, {"a.xlsx"})


def command(home: Path) -> tuple[int, str]:
    """The whole of a run: what it ends with, and every text of the summary."""
    ended = CliRunner().invoke(cli, ["batch", str(home / "in"), str(home / "out"), "--workers", "1"])
    assert not ended.exception or isinstance(ended.exception, SystemExit), ended.output
    book = openpyxl.load_workbook(home / "out" / "汇总.xlsx")
    told = (str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    return ended.exit_code, "\n".join(told)


def damage(home: Path, digest: str) -> None:
    [path] = home.rglob(digest)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_one_damaged_report_is_listed_and_made_again_and_the_others_are_summed_up(home):
    put(home / "in", {"a.xlsx": submission(), "b.xlsx": submission(OTHER)})
    command(home)
    [job] = [one.job for one in how_all_stand(home) if one.outcome.file == "a.xlsx"]
    damage(home, job.result.report)
    put(home / "in", {"c.xlsx": submission("第三局")})

    second, third = command(home), command(home)

    assert (second[0], third[0]) == (1, 1)
    assert "核查结果在存档中丢失或已损坏" in second[1]
    assert OTHER in second[1]
    assert "丢失" not in third[1]
    assert BUREAU in third[1]


def test_one_damaged_original_keeps_no_other_waiting_and_is_whole_again_from_the_inbox(home):
    put(home / "in", {"a.xlsx": submission(), "b.xlsx": submission(OTHER)})
    config = settings(home)
    office = open_office(config)
    with begun(office) as one:
        for name, content in (("a.xlsx", submission()), ("没有了.xlsx", submission("第三局"))):
            receive(office.ledger, one, name, office.store.keep(content))
    for content in (submission(), submission("第三局")):
        damage(home, sha256(content).hexdigest())

    finished = run(config)

    assert {name: done.error and done.error[0] for name, done in finished.items()} == {
        "a.xlsx": None, "b.xlsx": None, "没有了.xlsx": "lost",
    }  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_that_leads_elsewhere_on_another_system_is_one_row(home):
    put(home / "in", {"a\\..\\b.xlsx": submission(), "好.xlsx": submission()})

    finished = run(settings(home))

    assert {name: done.error and done.error[0] for name, done in finished.items()} == {
        "a\\..\\b.xlsx": "cannot-open", "好.xlsx": None,
    }  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_pipe_is_one_row_and_waited_for_by_nobody(home):
    put(home / "in", {"好.xlsx": submission()})
    os.mkfifo(home / "in" / "管道.xlsx")

    finished = run(settings(home))

    assert {name: done.error and done.error[0] for name, done in finished.items()} == {
        "好.xlsx": None, "管道.xlsx": "cannot-open",
    }  # fmt: skip


def test_a_folder_nobody_may_look_into_is_one_row(home, monkeypatch):
    put(home / "in", {"好.xlsx": submission(), "锁着/a.xlsx": submission(OTHER)})
    scan = os.scandir

    def refuse(path):
        if str(path).endswith("锁着"):
            raise PermissionError(13, "no", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    finished = run(settings(home))

    assert {name: done.error and done.error[0] for name, done in finished.items()} == {
        "好.xlsx": None, "锁着": "cannot-open",
    }  # fmt: skip


def test_a_bureau_whose_folder_cannot_be_written_to_is_one_row_until_it_can(home):
    put(home / "in", {"a.xlsx": submission(), "b.xlsx": submission(OTHER)})
    put(home / "out", {BUREAU: b"a file where a folder belongs", f"{OTHER}/b.checked.xlsx/x": b"the other way round"})

    first = run(settings(home))
    (home / "out" / BUREAU).unlink()
    second = run(settings(home))

    assert {name: done.error and done.error[0] for name, done in first.items()} == {
        "a.xlsx": "cannot-write", "b.xlsx": None,
    }  # fmt: skip
    assert first["b.xlsx"].place == f"{OTHER}/b（2）.checked.xlsx"
    assert [(name, done.error, done.place) for name, done in second.items()] == [
        ("a.xlsx", None, f"{BUREAU}/a.checked.xlsx")
    ]


def test_a_report_that_an_older_program_wrote_in_another_way_keeps_nothing_from_being_checked(home):
    put(home / "in", {"a.xlsx": submission()})
    older = with_version(open_office(settings(home)), "yesterday@1")
    run(settings(home), office=older)
    written = older.store.keep(b'{"lines": [{"in": "another way"}]}')
    older.ledger.write(lambda connection: connection.execute(results.update().values(report=written)))
    put(home / "in", {"a.xlsx": submission(wrong=False)})

    finished = run(settings(home))

    assert (finished["a.xlsx"].error, finished["a.xlsx"].changes) == (None, None)


def test_an_archive_nobody_can_open_is_said_once_and_not_every_evening(home):
    put(home / "in", {"坏.zip": b"PK nothing", "无.zip": zipped({"说明.docx": b""})})

    first, second = run(settings(home)), run(settings(home))

    assert {name: done.error and done.error[0] for name, done in first.items()} == {
        "坏.zip": "corrupt", "无.zip": "not-a-workbook",
    }  # fmt: skip
    assert second == {}


def test_a_new_rulebook_checks_everything_again(home):
    put(home / "in", {"a.xlsx": submission()})
    run(settings(home))

    again = run(settings(home), office=with_version(open_office(settings(home)), "tomorrow@1"))

    assert set(again) == {"a.xlsx"}


def test_a_corrected_file_says_what_was_mended_what_is_new_and_what_is_still_open(home):
    put(home / "in", {"a.xlsx": submission()})
    run(settings(home))
    put(home / "in", {"a.xlsx": submission(wrong=False)})

    [done] = run(settings(home)).values()

    assert done.changes is not None
    assert [finding.code for finding in done.changes.fixed] == ["LV01"]
    assert (done.changes.new, done.changes.still_open) == ((), ())
    book = openpyxl.load_workbook(home / "out" / done.place)
    told = [str(cell.value) for row in book["核查结果"].iter_rows() for cell in row if cell.value]
    assert [text for text in told if "已改正 1 处" in text]


def test_the_marked_workbook_corrected_and_handed_in_under_its_new_name_is_linked_to_the_first(home):
    put(home / "in", {"预算.xlsx": submission()})
    run(settings(home))
    (home / "in" / "预算.xlsx").unlink()
    put(home / "in", {"预算.checked.xlsx": submission(wrong=False)})

    [done] = run(settings(home)).values()

    assert done.changes is not None
    assert [finding.code for finding in done.changes.fixed] == ["LV01"]


def test_a_corrected_file_under_a_name_of_its_own_replaces_the_earlier_one_everywhere(home):
    put(home / "in", {"赵县.xlsx": submission(BUREAU, "专利导航", "商标宣传")})
    run(settings(home))
    put(home / "in", {"赵县（改正）.checked.xlsx": submission(BUREAU, "专利导航", "商标宣传", wrong=False)})

    again = run(settings(home))

    standing = how_all_stand(home)
    done = again["赵县（改正）.checked.xlsx"]
    assert done.changes is not None
    assert done.place == f"{BUREAU}/赵县（改正）.checked.xlsx"
    assert [(one.outcome.file, one.replaces) for one in standing] == [("赵县（改正）.checked.xlsx", ("赵县.xlsx",))]
    assert [len(one.outcome.report.lines) for one in standing] == [2]


def test_what_replaces_another_file_is_itself_replaced_by_the_next(home):
    for name, last in (("a.xlsx", "商标宣传"), ("b.xlsx", "版权宣传"), ("c.xlsx", "专利宣传"), ("a.xlsx", "地理标志")):
        put(home / "in", {name: submission(BUREAU, "专利导航", last, wrong=False)})
        run(settings(home))

    assert [(one.outcome.file, one.replaces) for one in how_all_stand(home)] == [("a.xlsx", ("b.xlsx", "c.xlsx"))]


def test_a_supplement_replaces_nothing_and_is_compared_with_nothing(home):
    put(home / "in", {"赵县.xlsx": submission(BUREAU, "专利导航", "商标宣传")})
    run(settings(home))
    put(home / "in", {"赵县（补充）.xlsx": submission(BUREAU, "版权执法", wrong=False, content="查处侵权盗版")})

    [done] = run(settings(home)).values()

    assert done.changes is None
    assert [one.outcome.file for one in how_all_stand(home)] == ["赵县.xlsx", "赵县（补充）.xlsx"]


def test_two_files_of_one_bureau_that_come_in_together_are_no_correction_of_one_another(home):
    put(home / "in", {"a.xlsx": submission(), "b.xlsx": submission(BUREAU, "专利导航")})

    finished = run(settings(home))

    assert [done.changes for done in finished.values()] == [None, None]


def test_two_files_of_one_name_from_one_bureau_do_not_overwrite_each_other(home):
    put(home / "in", {"一月/预算.xlsx": submission(), "二月/预算.xlsx": submission(BUREAU, "专利导航")})

    finished = run(settings(home))
    put(home / "in", {"一月/预算.xlsx": submission(BUREAU, "商标宣传")})
    again = run(settings(home))

    assert len({done.place for done in finished.values()}) == 2
    assert again["一月/预算.xlsx"].place == finished["一月/预算.xlsx"].place
    assert len(outside(home / "out")) == 2


def test_the_same_bytes_under_two_names_are_checked_once_and_returned_twice(home):
    put(home / "in", {"a.xlsx": submission(), "b.xlsx": submission()})
    config = settings(home)

    finished = run(config)

    office = open_office(config)
    assert len({done.place for done in finished.values()}) == 2
    assert count(office.ledger, results) == 1


def test_a_lock_file_is_said_to_be_left_and_is_no_result(home):
    put(home / "in", {"a.xlsx": submission(), "~$a.xlsx": b"\x05lock"})
    watcher = Watcher()

    finished = run(settings(home), watcher)

    assert set(finished) == {"a.xlsx"}
    assert [sentence.partition("：")[0] for sentence in watcher.sentences] == ["~$a.xlsx"]


def test_a_file_that_is_still_being_copied_is_left_for_the_next_run(home):
    put(home / "in", {"a.xlsx": submission()[:5000]})
    watcher, over = Watcher(), threading.Event()

    def copy() -> None:
        with (home / "in" / "a.xlsx").open("ab") as file:
            while not over.wait(0.05):
                file.write(b"more")
                file.flush()

    thread = threading.Thread(target=copy)
    thread.start()
    finished = run(Config(Batch(inbox=str(home / "in"), outbox=str(home / "out"), settle_seconds=0.5)), watcher)
    over.set()
    thread.join()
    put(home / "in", {"a.xlsx": submission()})

    assert finished == {}
    assert watcher.sentences == ["a.xlsx：还在写入，留待下次。"]
    assert set(run(settings(home))) == {"a.xlsx"}


def test_a_file_that_may_not_be_read_is_one_row_and_tried_again_next_time(home):
    (home / "in" / "a.xlsx").symlink_to("a.xlsx")  # a link to itself: even root cannot read it
    put(home / "in", {"b.xlsx": submission()})

    finished = [run(settings(home)), run(settings(home))]

    assert set(finished[0]) - set(finished[1]) == {"b.xlsx"}


def test_the_outbox_may_not_lie_in_the_inbox(home):
    with pytest.raises(BadConfig, match="不能是收件文件夹"):
        open_office(Config(Batch(inbox=str(home / "in"), outbox=str(home / "in" / "out"))))


def test_an_inbox_that_is_not_there_is_not_an_empty_one(home):
    with pytest.raises(Unavailable, match="不存在"):
        open_office(Config(Batch(inbox=str(home / "inn"), outbox=str(home / "out"))))


def test_a_run_that_is_told_to_stop_ends_after_the_file_in_hand_and_the_next_does_the_rest(home):
    put(home / "in", {f"{number}.xlsx": submission(BUREAU, f"专利导航{number}") for number in range(12)})
    stopping, watcher = threading.Event(), Watcher()
    office = open_office(settings(home))

    class Stops(Watcher):
        def done(self, done) -> None:
            stopping.set()

    with begun(office) as one, here() as crew:
        finished = go(office, one, crew, Stops(), stopping)
    rest = run(settings(home), watcher)

    assert 1 <= len(finished) < 12
    assert len(finished) + len(rest) == 12
    assert count(office.ledger, results) == 12


def test_two_runs_at_once_share_the_work_and_do_none_of_it_twice(home):
    put(home / "in", {f"{number}.xlsx": submission(BUREAU, f"专利导航{number}") for number in range(10)})
    found: list[dict] = []
    both = [threading.Thread(target=lambda: found.append(run(settings(home)))) for _ in range(2)]

    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    office = open_office(settings(home))
    assert sorted(name for one in found for name in one) == sorted(f"{number}.xlsx" for number in range(10))
    assert (count(office.ledger, jobs), count(office.ledger, results)) == (10, 10)
    assert count(office.ledger, findings) == 10


@pytest.mark.parametrize(
    ("name", "bureau", "expected"),
    [
        ("预算.xls", "教育局", "教育局/预算.checked.xlsx"),
        ("预算.XLSM", "教育局", "教育局/预算.checked.xlsm"),
        ("预算.checked.xlsx", "教育局", "教育局/预算.checked.xlsx"),
        ("某局/预算.ods", "", "某局/预算.checked.xlsx"),
        ("预算.ods", "", "未识别单位/预算.checked.xlsx"),
        ("con.xlsx", "../../etc", "_.._etc/_con.checked.xlsx"),
        ("a:b?.xlsx", "甲/乙", "甲_乙/a_b_.checked.xlsx"),
    ],
)
def test_a_place_in_the_outbox_is_a_name_every_system_takes(name, bureau, expected):
    assert next(outbox.places(name, bureau, 1)) == expected


def test_the_command_says_what_it_did_line_by_line_and_ends_as_check_does(home):
    put(home / "in", {"a.xlsx": submission(), "b.xlsx": submission(OTHER, wrong=False)})
    arguments = ["batch", str(home / "in"), str(home / "out"), "--workers", "1"]

    first = CliRunner().invoke(cli, arguments)
    second = CliRunner().invoke(cli, arguments)

    assert first.stdout == "本次核查 2 个文件：1 个有错误，0 个无法核查。\n"
    assert len([line for line in first.stderr.splitlines() if " → " in line]) == 2
    assert first.stderr.endswith(f"汇总写在 {home / 'out' / '汇总.xlsx'}。\n")
    assert (first.exit_code, second.exit_code, second.stdout) == (1, 0, "没有新的报送。\n")


def test_a_marked_copy_corrected_and_handed_in_again_stands_for_the_first_file_in_the_summary(home):
    put(home / "in", {"县/预算.xls.xlsx": submission(OTHER), "县/预算.xlsx": submission()})
    run(settings(home))
    put(home / "in", {"县/预算.checked.xlsx": submission(wrong=False)})
    again = run(settings(home))
    put(home / "in", {"县/预算（2）.checked (1).xlsx": submission(BUREAU, "专利导航", wrong=False)})
    run(settings(home))

    names = [standing.outcome.file for standing in how_all_stand(home)]
    assert again["县/预算.checked.xlsx"].place == f"{BUREAU}/预算（2）.checked.xlsx"
    assert names == ["县/预算.xls.xlsx", "县/预算（2）.checked (1).xlsx"]


def test_a_copy_that_somebody_has_open_is_put_beside_it_and_so_is_the_summary(home, monkeypatch):
    """Windows lets nobody replace a file that Excel has open."""
    put(home / "in", {"a.xlsx": submission()})
    first = CliRunner().invoke(cli, ["batch", str(home / "in"), str(home / "out"), "--workers", "1"])
    put(home / "in", {"a.xlsx": submission(wrong=False)})
    replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target.exists() and target.parts[-2:] in {("out", "汇总.xlsx"), (BUREAU, "a.checked.xlsx")}:
            raise PermissionError(13, "in use")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    second = CliRunner().invoke(cli, ["batch", str(home / "in"), str(home / "out"), "--workers", "1"])

    assert (first.exit_code, second.exit_code) == (1, 0), first.output + second.output + repr(second.exception)
    assert outside(home / "out") == [
        f"{BUREAU}/a.checked.xlsx", f"{BUREAU}/a（2）.checked.xlsx", "汇总.xlsx", "汇总（2）.xlsx",
    ]  # fmt: skip


def test_what_a_killed_writer_left_in_the_outbox_is_taken_away_after_an_hour(home):
    put(home / "in", {"a.xlsx": submission()})
    put(home / "out", {"某局/.checker-old": b"half", "某局/.checker-new": b"half"})
    os.utime(home / "out" / "某局" / ".checker-old", (0, 0))

    run(settings(home))

    assert [name for name in outside(home / "out") if ".checker-" in name] == ["某局/.checker-new"]


def test_what_two_bureaus_claim_is_found_in_the_summary(home):
    claims = {BUREAU: "支持以岭药业股份有限公司建设专利池", OTHER: "以岭药业股份有限公司专利池建设"}
    put(home / "in", {f"{bureau}.xlsx": submission(bureau, name, wrong=False) for bureau, name in claims.items()})

    CliRunner().invoke(cli, ["batch", str(home / "in"), str(home / "out"), "--workers", "1"])

    sheet = openpyxl.load_workbook(home / "out" / "汇总.xlsx")["跨报送疑点"]
    codes = [row[1].value for row in sheet.iter_rows(min_row=6) if str(row[1].value).startswith("XS")]
    assert set(codes) == {"XS01"}
