"""Classification codes: a list speaks for its own year and no further than it reaches."""

import pytest

from checker.codes import CodeList, code_list, economic, functional


@pytest.mark.parametrize(
    ("code", "lacking"),
    [
        ("2011406", False),
        ("20114", False),
        ("201", False),
        ("2011410", True),
        ("2070507", False),
        ("2060404", False),
    ],
)
def test_a_code_is_lacking_only_where_its_parent_is_listed_completely(code: str, lacking: bool) -> None:
    codes = code_list("functional", 2017)

    assert codes is not None
    assert codes.lacks(code) is lacking


@pytest.mark.parametrize("name", ["functional", "economic"])
def test_a_year_without_a_list_borrows_none(name: str) -> None:
    assert code_list(name, 2026) is None


def test_a_listed_code_has_its_name_of_that_year() -> None:
    assert functional(2017).name("2011405") == "国家知识产权战略"
    assert economic(2017).name("302") == "商品和服务支出"
    assert functional(2017).name("2011410") is None


@pytest.mark.parametrize("codes", [functional(2026), economic(2026), economic(2017, "government")])
def test_a_year_without_a_list_says_so(codes: CodeList) -> None:
    assert codes.names == {}
    assert codes.without_list.startswith(f"{codes.year}年度科目表未收录")
    assert not codes.lacks("2011499")
