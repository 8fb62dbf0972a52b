from checker.explanation import explain
from checker.rulebook import load
from checker.terms import Level, Line

PLANS = load().in_force("石家庄市", 2026)


def note(name, **more):
    return explain(Line(name=name, bureau="石家庄市市场监督管理局", bureau_level=Level.CITY, **more), PLANS)


def test_a_note_tells_verdict_clause_and_why():
    told = note("专利导航", charged_level=Level.COUNTY)

    assert "级次不符（应由市级承担，填报由县级承担）" in told
    assert "结合全市性产业发展开展专利导航" in told


def test_a_note_shows_every_other_reading_and_why_it_lost():
    told = note("行政裁决宣传手册", charged_level=Level.CITY)

    assert "宣传教育和普法" in told
    assert "侵权纠纷的行政裁决" in told
    assert "未取：" in told


def test_a_note_on_a_line_of_another_domain_says_so():
    assert "不属本方案" in note("食品安全监督抽检", charged_level=Level.CITY)


def test_a_note_never_shows_a_programmers_word():
    told = note("维权援助", content="费用由各县区分摊", charged_level=Level.CITY)

    assert not {"None", "name", "content", "matter"} & set(told.replace("：", " ").split())
    assert "各县区分摊" in told


def test_a_note_quotes_every_reading_as_it_stands_in_the_cell():
    assert "“宣傳週" in note("知識產權宣傳週活動", charged_level=Level.CITY)
