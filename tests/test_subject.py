import pytest

from checker.belonging import Kind
from checker.recognition import recognise
from checker.rulebook import load
from checker.subject import subject
from checker.terms import Line
from checker.vocabulary_file import vocabulary_of

WORDS = vocabulary_of(load().plan("shijiazhuang-ip-2024"))
BUREAU = "石家庄市市场监督管理局（石家庄市知识产权局）"


def kind(name, content="", bureau=BUREAU):
    line = Line(name=name, content=content, bureau=bureau)
    return subject(line, recognise(line, WORDS)).kind


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("重点产业专利导航", "", Kind.MATTER),
        ("专利质押贷款贴息", "", Kind.MATTER),
        ("发明专利授权奖励", "", Kind.UNLISTED),
        ("企业知识产权贯标认证补助", "", Kind.UNLISTED),
        ("专利保险保费补贴", "", Kind.UNLISTED),
        ("地方性法规立法调研", "起草知识产权促进条例", Kind.UNLISTED),
        ("商标注册申请实质审查", "", Kind.UPPER),
        ("专利代理师资格考试考务", "", Kind.UPPER),
        ("知识产权专项", "", Kind.VAGUE),
        ("知识产权处差旅费", "", Kind.RUNNING),
        ("公务用车运行维护", "", Kind.RUNNING),
        ("食品安全监督抽检", "", Kind.OTHER_DOMAIN),
        ("计量器具免费检定", "", Kind.OTHER_DOMAIN),
        ("集体商标注册补助与商标打假", "", Kind.SEVERAL),
        ("综合执法办案费", "食品、药品、价格、商标案件合并列支", Kind.SEVERAL),
    ],
)
def test_a_line_is_told_by_what_it_pays_for(name, content, expected):
    assert kind(name, content) is expected


def test_a_domain_word_in_passing_does_not_make_a_line_of_the_domain():
    assert kind("市长质量奖", "奖励获奖组织，申报条件含驰名商标") is Kind.OTHER_DOMAIN


def test_a_campaign_of_many_domains_is_told_by_what_it_checks():
    assert kind("民生领域铁拳行动", "查油品掺假、食品非法添加") is Kind.OTHER_DOMAIN


def test_words_that_every_bureau_uses_do_not_speak_of_the_domain():
    assert kind("物业纠纷调解", "街道调解员补贴", "石家庄市住房和城乡建设局") is Kind.OTHER_DOMAIN


def test_a_word_that_may_be_of_the_domain_is_so_only_beside_a_topic_of_it():
    assert kind("农村书架图书补充", "采购正版图书", "中共正定县委宣传部") is Kind.OTHER_DOMAIN
    assert kind("机关正版软件督导", "督导各单位软件使用", "中共正定县委宣传部") is Kind.MATTER


def test_two_things_in_one_name_are_two_things():
    assert kind("知识产权宣传与专利资助") is Kind.SEVERAL
    assert kind("地标培育及保护") is Kind.SEVERAL


def test_a_competent_bureau_is_asked_what_a_bare_name_means_and_another_is_not():
    assert kind("业务费") is Kind.VAGUE
    assert kind("业务费", "印制宣传折页和会议材料各两千份") is not Kind.MATTER
    assert kind("业务费", "", "石家庄市水利局") is Kind.NOTHING


def test_money_declared_to_run_the_office_runs_it_unless_the_words_name_a_matter():
    def of(name, nature):
        line = Line(name=name, bureau=BUREAU, nature=nature)
        return subject(line, recognise(line, WORDS)).kind

    assert of("综合业务经费", "机构运转") is Kind.RUNNING
    assert of("重点产业专利导航", "机构运转") is Kind.MATTER
    assert of("办公软件购置", "自用采购") is Kind.RUNNING


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("烟草专卖打假", "协助烟草部门查处假烟"),
        ("卷烟打假", "查处假冒卷烟"),
        ("食盐专营执法", "查处私盐"),
        ("成品油打假专项", "查处劣质油"),
        ("消防产品打假", "查处假冒伪劣消防器材"),
        ("食品打假", "打击假冒伪劣食品"),
        ("化肥打假", "查处假冒伪劣化肥"),
        ("林木种苗执法", "查处假苗木"),
        ("反假货币宣传", ""),
    ],
)
def test_fakes_of_another_domain_are_its_own(name, content):
    assert kind(name, content, "赵县市场监督管理局") is Kind.OTHER_DOMAIN


def test_fakes_of_any_goods_are_ours_where_the_mark_is_what_is_faked():
    assert kind("假冒卷烟商标查处", "查处假冒注册商标卷烟") is Kind.MATTER
    assert kind("打击假冒伪劣商品", "查处侵权假冒") is Kind.MATTER


@pytest.mark.parametrize("name", ["检察机关侵犯知识产权案件审查起诉", "法院知识产权审判", "知识产权专项资金绩效评价"])
def test_the_duty_of_another_organ_and_an_account_of_ones_own_money_are_not_listed(name):
    assert kind(name) is Kind.UNLISTED


@pytest.mark.parametrize("name", ["配合公安机关查办侵犯商标权案件", "公安机关侵犯知识产权犯罪案件侦办"])
def test_what_the_police_does_and_helping_it_is_enforcing(name):
    assert kind(name) is Kind.MATTER


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("知识产权强区专项资金", "按照区政府部署拨付，具体用途另行下达"),
        ("知识产权综合支持", "用于区内企业支出，具体见实施细则"),
    ],
)
def test_a_line_that_says_its_use_is_still_to_be_said_is_asked_about(name, content):
    assert kind(name, content) is Kind.VAGUE


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("商标品牌综合服务", "品牌宣传、商标注册资助、品牌指导站运行"),
        ("知识产权宣传和食品安全快检车购置", "宣传周活动10万元；快检车1辆"),
        ("企业出海知识产权支持", "马德里商标注册费补助、海外纠纷应对指导"),
    ],
)
def test_a_name_that_bundles_is_told_by_the_list_in_its_content(name, content):
    assert kind(name, content) is Kind.SEVERAL


@pytest.mark.parametrize("name", ["企业名称争议裁决", "农作物新品种展示", "景区导航标识牌"])
def test_words_that_other_trades_share_are_not_ours(name):
    assert kind(name, bureau="鹿泉区农业农村局") is not Kind.MATTER


@pytest.mark.parametrize(
    ("name", "content"), [("综合行政执法", "市场监管综合执法"), ("执法检查", "对辖区市场开展检查")]
)
def test_enforcement_that_does_not_say_of_what_is_asked_about(name, content):
    assert kind(name, content, "赵县市场监督管理局") is Kind.VAGUE
