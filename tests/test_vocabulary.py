import pytest

from checker.errors import BadDeclaration
from checker.vocabulary import fold
from checker.vocabulary_file import compile_vocabulary

SPEC = {
    "domain": "parks",
    "name": "公园",
    "groups": {"own": ["公园", "绿地"], "ip": ["公园"], "tree": ["乔木", "灌木"]},
    "institutions": ["公园管理处"],
    "matters": {
        "养护": {"names": ["公园养护管理", "{tree}…修剪"], "marks": ["修剪"], "heads": ["养护"]},
        "开放": {"names": ["免费开放"], "signs": ["开放"], "against": ["收费"]},
    },
    "other_domains": {"道路": {"names": ["道路养护"]}},
}


def found(text, spec=SPEC):
    return {(hit.topic.name, hit.words) for hit in compile_vocabulary(spec, "parks.yaml").find(fold(text)).hits}


def test_a_word_is_found_with_the_topic_it_names():
    assert ("开放", "免费开放") in found("城东公园免费开放")


def test_the_parts_of_a_pattern_may_stand_apart_within_a_clause():
    assert ("养护", "乔木冬季修剪") in found("乔木冬季修剪")


def test_the_parts_of_a_pattern_do_not_reach_over_a_comma():
    assert ("养护", "乔木,另行修剪") not in found("乔木，另行修剪")


def test_of_two_hits_one_within_the_other_the_stronger_stays():
    assert found("道路养护") == {("道路", "道路养护")}


def test_the_name_of_a_body_says_who_and_never_what():
    vocabulary = compile_vocabulary(SPEC, "parks.yaml")

    assert vocabulary.find(fold("公园管理处差旅费")).own == ()
    assert vocabulary.find(fold("公园灯具")).own == ("公园",)


def test_a_number_is_not_found_inside_a_longer_number():
    spec = {**SPEC, "matters": {"纪念日": {"names": ["426"]}}}

    assert found("4·26宣传", spec) == {("纪念日", "426")}
    assert found("检定4260台", spec) == set()


def test_a_long_name_with_one_character_mistyped_is_put_right():
    assert compile_vocabulary(SPEC, "parks.yaml").mend("公园养户管理经费") == "公园养护管理经费"


def test_a_short_name_is_never_put_right():
    assert compile_vocabulary(SPEC, "parks.yaml").mend("免费开发") == "免费开发"


@pytest.mark.parametrize(
    "broken",
    [{"matters": {"养护": {"nmaes": []}}}, {"matters": {"养护": {"names": ["{bush}…修剪"]}}}, {"mattres": {}}],
)
def test_a_domain_file_that_contradicts_itself_is_refused(broken):
    with pytest.raises(BadDeclaration, match=r"parks\.yaml"):
        compile_vocabulary({**SPEC, **broken}, "parks.yaml")
