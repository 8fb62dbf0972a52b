import numpy as np

from checker.likeness import load, save, train

LINES = [
    ("专利导航项目", "产业专利分析", "专利导航"),
    ("产业专利导航报告", "导航", "专利导航"),
    ("宣传周启动", "宣传专利知识", "宣传教育和普法"),
    ("知识产权宣传", "宣传进校园", "宣传教育和普法"),
]


def test_a_line_is_most_like_the_lines_it_shares_words_with():
    like = train(LINES).of("医药专利导航", "")

    assert max(like, key=like.get) == "专利导航"


def test_a_line_that_shares_nothing_is_like_nothing():
    assert max(train(LINES).of("xyz", "").values()) < 0.3


def test_the_same_lines_give_the_same_bytes(tmp_path):
    for name in ("one.npz", "two.npz"):
        save(train(LINES), tmp_path / name)

    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_the_weights_in_the_repository_are_those_its_labelled_lines_give():
    from checker.training import labelled_files, lines_to_learn

    stored = load("intellectual-property")
    trained = train(list(lines_to_learn(labelled_files())))

    assert stored.kinds == trained.kinds
    assert np.abs(stored.weights - trained.weights).max() <= 1
