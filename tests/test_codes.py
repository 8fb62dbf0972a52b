"""Classification codes: a list speaks for its own year and no further than it reaches."""

import pytest

from checker.codes import Standing, economic, functional


@pytest.mark.parametrize(
    ("code", "standing"),
    [
        ("2011406", Standing.LISTED),
        ("20114", Standing.LISTED),
        ("201", Standing.LISTED),
        ("2011410", Standing.UNKNOWN),
        ("2070506", Standing.LISTED),
        ("2070507", Standing.NOT_COVERED),
        ("2060404", Standing.NOT_COVERED),
    ],
)
def test_a_code_is_unknown_only_where_its_parent_is_listed_completely(code: str, standing: Standing) -> None:
    assert functional(2017).standing(code) is standing


@pytest.mark.parametrize("codes", [functional(2026), economic(2026), economic(2017, "government")])
def test_a_year_without_a_list_says_so_and_borrows_none(codes) -> None:
    assert codes.names == {}
    assert f"{codes.year}年度科目表未收录" in codes.without_list
    assert codes.standing("2011406") is Standing.NOT_COVERED


def test_a_listed_code_has_its_name_of_that_year() -> None:
    assert functional(2017).name("2011405") == "国家知识产权战略"
    assert economic(2017).name("302") == "商品和服务支出"
    assert functional(2017).name("2011410") is None
