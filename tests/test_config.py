"""One configuration from a file, the environment and the options; nothing misspelt passes."""

from dataclasses import replace
from pathlib import Path

import pytest

from checker.config import Batch, Config, load
from checker.errors import BadConfig

SAMPLE = Path(__file__).parent.parent / "docs" / "checker.toml"


@pytest.fixture
def write(tmp_path: Path):
    def to(text: str) -> Path:
        path = tmp_path / "checker.toml"
        path.write_text(text, "utf-8")
        return path

    return to


def test_flags_beat_the_environment_and_the_environment_beats_the_file(write):
    path = write('[batch]\ninbox = "file"\noutbox = "file"\nstore = "file"\n')
    environ = {"CHECKER_BATCH_OUTBOX": "environment", "CHECKER_BATCH_STORE": "environment", "HOME": "/"}

    batch = load(path, environ, {"store": "flag", "ledger": None}).batch

    assert (batch.inbox, batch.outbox, batch.store, batch.ledger) == ("file", "environment", "flag", "")


def test_without_a_file_everything_has_a_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert load(None, {}) == Config()


def test_a_checker_toml_in_this_folder_is_read_unasked(write, monkeypatch):
    monkeypatch.chdir(write("[batch]\nworkers = 3\n").parent)

    assert load(None, {}).batch.workers == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[batch]\noutbocks = 'x'\n", "是不是 outbox？"),
        ("[bacth]\n", "是不是 batch？"),
        ("[batch]\nqqq = 1\n", "可用的有"),
        ("[batch]\nworkers = 'two'\n", "workers 应为整数"),
        ("[batch]\nworkers = -1\n", "workers 不能小于 0"),
        ("[batch]\nworkers = true\n", "应为整数"),
        ("[batch]\nplans = [1]\n", "应为文字列表"),
        ("batch = 1\n", "写作 [batch]"),
        ("[batch\n", "不合 TOML 格式"),
        ("[batch]\nworkers = 2\ncluster = 'tcp://x:1'\n", "只能用一个"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_hint(write, text, said):
    with pytest.raises(BadConfig, match=said.replace("[", r"\[")):
        load(write(text), {})


def test_a_misspelt_variable_is_refused_with_the_nearest_known_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(BadConfig, match="是不是 CHECKER_BATCH_WORKERS？"):
        load(None, {"CHECKER_BATCH_WORKER": "2"})


def test_variables_hold_numbers_lists_switches_and_tables(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    environ = {
        "CHECKER_BATCH_WORKERS": "2",
        "CHECKER_BATCH_SECONDS_A_FILE": "1.5",
        "CHECKER_BATCH_PLANS": "a, b",
        "CHECKER_BATCH_STORAGE": '{endpoint_url = "http://x"}',
        "CHECKER_MAIL_STARTTLS": "no",
    }

    config = load(None, environ)

    assert config.batch == Batch(workers=2, seconds_a_file=1.5, plans=("a", "b"), storage={"endpoint_url": "http://x"})
    assert config.mail.starttls is False


def test_a_number_that_is_none_is_refused_by_the_name_of_its_variable():
    with pytest.raises(BadConfig, match="CHECKER_BATCH_WORKERS 的值“two”"):
        load(SAMPLE, {"CHECKER_BATCH_WORKERS": "two"})


def test_a_file_that_is_named_must_be_there(tmp_path):
    with pytest.raises(BadConfig, match="打不开"):
        load(tmp_path / "none.toml", {})


def test_the_documented_sample_is_valid_and_says_every_default(write):
    text = SAMPLE.read_text("utf-8")
    everything = load(write("\n".join(line.removeprefix("#: ") for line in text.splitlines())), {})
    named = {line.removeprefix("#: ").partition(" = ")[0] for line in text.splitlines()}

    told = replace(everything, batch=replace(everything.batch, storage={}))
    assert told == load(SAMPLE, {}) == Config(Batch(inbox="收件", outbox="发件"))
    assert {name for part in vars(everything).values() for name in vars(part)} <= named
