from checker.denial import without_denied
from checker.recognition import recognise
from checker.rulebook import load
from checker.terms import Line
from checker.vocabulary import MATTERS
from checker.vocabulary_file import vocabulary_of

WORDS = vocabulary_of(load().plan("shijiazhuang-ip-2024"))


def best(name, content="", bureau=""):
    return recognise(Line(name=name, content=content, bureau=bureau), WORDS).best(MATTERS).topic.name


def test_what_is_denied_is_not_there():
    assert without_denied("办理专利纠纷,不含行政裁决,面向全县") == "办理专利纠纷,,面向全县"


def test_a_denial_ends_with_its_bracket():
    assert without_denied("专利纠纷办理(不含行政裁决)调解") == "专利纠纷办理()调解"


def test_the_name_weighs_more_than_what_the_content_mentions():
    assert best("专利导航", "成果在宣传周展示") == "专利导航"


def test_the_purpose_that_ends_a_name_decides_over_the_topic_before_it():
    assert best("行政裁决联络员业务培训") == "人才队伍建设"
    assert best("行政裁决宣传手册") == "宣传教育和普法"


def test_trailing_words_about_money_do_not_hide_the_purpose():
    assert best("专利代理机构人员培训工作经费") == "人才队伍建设"


def test_some_topics_keep_their_purpose():
    assert best("专利质押贷款贴息") == "转移转化促进"
    assert best("推进使用正版软件联席会议") == "软件正版化工作组织推进"


def test_traditional_and_full_width_writing_is_recognised():
    assert best("維權援助", "為企業提供知識產權維權援助") == "维权援助"
    assert best("１２３３０知识产权热线") == "维权援助"


def test_a_long_name_with_a_typing_error_is_recognised_and_quoted_as_typed():
    seen = recognise(Line(name="软件正板化推进"), WORDS)

    assert seen.best(MATTERS).topic.name == "软件正版化工作组织推进"
    assert any("板" in evidence.words for evidence in seen.best(MATTERS).evidence)


def test_a_body_that_does_nothing_else_speaks_of_the_domain():
    assert recognise(Line(name="预审服务", bureau="石家庄市知识产权保护中心"), WORDS).speaks


def test_the_name_of_a_body_does_not_speak_of_the_domain():
    assert not recognise(Line(name="知识产权大厦保洁"), WORDS).own


def test_every_word_that_is_shown_stands_in_the_line():
    line = Line(name="高校专利转化供需对接会", content="组织中小企业与高校签订许可协议")

    for candidate in recognise(line, WORDS).candidates:
        for evidence in candidate.evidence:
            assert evidence.words in getattr(line, evidence.field)


def test_a_very_long_text_is_read_to_its_end():
    content = "完善机制，" * 2000 + "开展专利侵权纠纷行政裁决"

    assert any(
        c.topic.name == "侵权纠纷的行政裁决" for c in recognise(Line(name="保护", content=content), WORDS).candidates
    )
