import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.judgement import judge, judge_all
from checker.reasons import FROM_ABOVE, SEVERAL, UNLISTED, UPPER, VAGUE
from checker.rulebook import load
from checker.terms import Level, Line, Verdict

PLANS = load().in_force("石家庄市", 2026)
CITY, COUNTY = Level.CITY, Level.COUNTY
COUNTIES = ["正定县", "平山县", "赵县", "行唐县", "元氏县", "高邑县", "长安区", "桥西区", "藁城区", "井陉矿区"]
RIGHT, WRONG, UNDECIDED, OUTSIDE = Verdict


def city(name, content="", charged=CITY, **more):
    facts = {"bureau": "石家庄市市场监督管理局（石家庄市知识产权局）", "bureau_level": CITY, "division": "石家庄市"}
    return judge(Line(name=name, content=content, charged_level=charged, **{**facts, **more}), PLANS)


def county(name, content="", charged=COUNTY, place="正定县", **more):
    facts = {"bureau": f"{place}市场监督管理局", "bureau_level": COUNTY, "division": place}
    return judge(Line(name=name, content=content, charged_level=charged, **{**facts, **more}), PLANS)


SECTIONS = [
    ("知识产权发展规划编制", "一"),
    ("专利密集型产业统计调查", "一"),
    ("国内作者作品登记审核", "二"),
    ("专利权质押融资对接", "三"),
    ("重点产业专利导航", "三"),
    ("专利代理机构双随机抽查", "三"),
    ("商业秘密保护示范站建设", "四"),
    ("查处商标侵权假冒案件", "四"),
    ("知识产权维权援助", "四"),
    ("专利侵权纠纷行政裁决", "四"),
    ("机关软件正版化检查", "四"),
    ("知识产权公共服务网点建设", "五"),
    ("海外知识产权风险预警", "五"),
    ("与德国城市开展知识产权交流合作", "六"),
    ("知识产权专业人才培训班", "七"),
    ("知识产权宣传周活动", "七"),
    ("赴香港开展知识产权合作交流", "七"),
]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("专利侵权纠纷处理（不含行政裁决）", "双方自愿的由本局主持调解"),
        ("专利纠纷调处（裁决案件移送市局）", "仅做诉前调解，不承担行政裁决"),
        ("版权登记辅导点（不办审核）", "教设计师备材料，登记审核由市里办"),
        ("专利侵权纠纷行政裁决知识折页印发", "讲讲什么叫裁决、去哪里申请"),
        ("作品登记常识进景区进村", "讲解怎么办登记，现场不收件、不审查"),
        ("行政裁决观摩学习", "旁听市局口审"),
    ],
)
def test_a_county_is_not_held_to_do_what_only_the_city_may_where_it_tells_of_it_or_leaves_it_to_the_city(name, content):
    assert county(name, content).verdict is not WRONG


def test_where_a_school_stands_does_not_say_whose_it_is():
    judged = city("知识产权学院实训室", bureau="石家庄学院", division="裕华区", charged=COUNTY)

    assert (judged.verdict, judged.responsible_level) == (WRONG, CITY)


def test_the_work_of_a_provincial_bureau_falls_to_the_plan_above():
    judged = city("专利转化对接会", bureau="河北省市场监督管理局", bureau_level=Level.PROVINCE)

    assert (judged.verdict, judged.reason) == (UNDECIDED, UPPER)


@pytest.mark.parametrize(("name", "section"), SECTIONS)
def test_a_city_line_of_every_section_is_right_at_the_city_and_wrong_at_a_county(name, section):
    right, wrong = city(name), city(name, charged=COUNTY)

    assert (right.verdict, right.section, right.responsible_level) == (RIGHT, section, CITY)
    assert (wrong.verdict, wrong.responsible_level) == (WRONG, CITY)
    assert wrong.clause.quote in PLANS[0].text


@pytest.mark.parametrize(
    ("name", "section"), [pair for pair in SECTIONS if "审核" not in pair[0] and "裁决" not in pair[0]]
)
def test_a_county_line_of_every_section_both_hold_is_right_at_the_county(name, section):
    judged = county(name)

    assert (judged.verdict, judged.section, judged.responsible_level) == (RIGHT, section, COUNTY)


@pytest.mark.parametrize("name", ["国内作者作品登记审核", "专利侵权纠纷行政裁决"])
def test_what_only_the_city_holds_is_wrong_at_a_county_whoever_does_it(name):
    assert (county(name).verdict, county(name, charged=CITY).verdict) == (WRONG, RIGHT)


def test_training_about_adjudication_is_training():
    assert county("行政裁决联络员业务培训").section == "七"


def test_a_subsidy_for_patents_granted_is_not_listed():
    judged = city("发明专利授权奖励")

    assert (judged.verdict, judged.reason) == (UNDECIDED, UNLISTED)


def test_interest_paid_for_loans_on_patents_is_promoting_their_use():
    assert city("专利权质押贷款贴息").section == "三"


def test_what_the_levels_above_do_is_left_to_their_plans():
    judged = county("商标注册申请实质审查")

    assert (judged.verdict, judged.reason) == (UNDECIDED, UPPER)


@pytest.mark.parametrize("name", ["公务用车运行维护费", "食品安全监督抽检", "电梯安全检查", "知识产权大厦物业管理"])
def test_running_costs_and_other_domains_are_outside(name):
    assert city(name).verdict is OUTSIDE


def test_a_name_that_says_nothing_is_too_vague():
    assert city("知识产权项目", "按年度计划组织实施").reason == VAGUE


def test_listed_and_unlisted_in_one_line_are_to_be_split():
    judged = county("集体商标注册补助与商标打假", "每件补助2万元，并查处假冒")

    assert (judged.verdict, judged.reason) == (UNDECIDED, SEVERAL)
    assert judged.parts


def test_matters_of_different_levels_in_one_line_are_to_be_split():
    assert county("作品登记审核和盗版查处").reason == SEVERAL


def test_a_local_line_paid_with_money_from_above_is_not_accused():
    judged = county("商标侵权案件查办", "上级转移支付资金安排", charged=Level.PROVINCE)

    assert (judged.verdict, judged.reason) == (UNDECIDED, FROM_ABOVE)


def test_a_line_without_a_charged_level_is_undecided_and_names_who_should_pay():
    judged = city("专利导航", charged=None)

    assert (judged.verdict, judged.responsible_level) == (UNDECIDED, CITY)


def test_a_declared_matter_names_a_line_that_says_too_little():
    assert city("年度工作", matter="IP-3.4 专利导航").matter == "IP-3.4"


def test_a_declared_matter_against_the_words_is_reported_with_both():
    judged = county("国内作者作品登记审核", matter="IP-3.4 专利导航")

    assert judged.verdict is UNDECIDED
    assert judged.disputed == "专利导航"


def test_because_tells_the_words_the_clause_and_who_should_pay():
    judged = city("生物医药产业专利导航", charged=COUNTY)

    assert "“专利导航”" in judged.because
    assert judged.clause.quote in judged.because
    assert "应由市级承担" in judged.because


NAMES = st.sampled_from([name for name, _ in SECTIONS] + ["发明专利授权奖励", "食品抽检", "知识产权专项"])


@given(
    name=NAMES, one=st.sampled_from(COUNTIES), other=st.sampled_from(COUNTIES), charged=st.sampled_from([CITY, COUNTY])
)
@settings(max_examples=60, deadline=None)
def test_changing_one_county_for_another_changes_nothing_but_the_name(name, one, other, charged):
    first, second = county(name, charged=charged, place=one), county(name, charged=charged, place=other)

    assert first == second


@given(name=NAMES)
@settings(max_examples=30, deadline=None)
def test_saying_that_adjudication_is_not_included_never_adds_it(name):
    denied = county(name, content="面向本县企业，不含行政裁决")

    if "裁决" in name:
        assert denied.verdict is UNDECIDED
    else:
        assert "裁决" not in denied.because
        assert denied.verdict == county(name, content="面向本县企业").verdict


@given(name=NAMES, at=st.sampled_from([city, county]))
@settings(max_examples=60, deadline=None)
def test_swapping_the_charged_levels_turns_right_into_wrong_and_back(name, at):
    verdicts = {at(name, charged=CITY).verdict, at(name, charged=COUNTY).verdict}

    assert verdicts in ({RIGHT, WRONG}, {UNDECIDED}, {OUTSIDE})


@given(name=NAMES, blank=st.sampled_from([" ", "\u3000", "\u200b", "\n", "\u00a0"]), place=st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_blanks_and_full_width_forms_change_nothing(name, blank, place):
    typed = name[:place] + blank + name[place:]

    assert city(typed).verdict == city(name).verdict
    assert city(typed).matter == city(name).matter


@given(order=st.permutations(range(8)))
@settings(max_examples=20, deadline=None)
def test_a_verdict_depends_neither_on_the_order_of_lines_nor_on_other_lines(order):
    lines = [
        Line(name=name, bureau_level=CITY, charged_level=CITY, bureau="石家庄市科学技术局") for name, _ in SECTIONS[:8]
    ]
    alone = [judge(line, PLANS) for line in lines]

    assert judge_all([lines[place] for place in order], PLANS) == [alone[place] for place in order]


@pytest.mark.parametrize("basis", ["2027年度工作要点", "《知识产权专利导航实施方案》（正政办字〔2026〕3号）"])
def test_the_title_of_a_document_does_not_say_what_a_line_is(basis):
    judged = county("知识产权工作经费", basis=basis)

    assert (judged.verdict, judged.reason) == (UNDECIDED, VAGUE)


def test_money_a_city_hands_down_for_a_county_matter_is_no_wrong_level():
    name, content = "保护工作站运行补助", "对各县（市、区）自行组织运行的知识产权保护工作站给予补助"

    assert city(name, content).verdict == WRONG
    assert city(name, content, nature="对下转移").reason == FROM_ABOVE


def test_lines_judged_together_are_judged_as_each_would_be_alone():
    bureaus = ["正定县市场监督管理局", "石家庄市市场监督管理局长安分局", "正定县财政局", ""]
    lines = [
        Line(name=name, bureau=bureau, division="130123", bureau_level=COUNTY, charged_level=charged, **funds)
        for name in ("知识产权宣传周", "专利侵权纠纷行政裁决", "公务用车运行维护")
        for bureau in bureaus
        for charged in (CITY, COUNTY)
        for funds in ({}, {"own_funds": 5}, {"transfer": 5}, {"own_funds": 0, "transfer": 7})
    ]

    together = judge_all(lines, PLANS)

    assert together == [judge(line, PLANS) for line in lines]


def test_evidence_is_quoted_as_it_was_typed():
    judged = city("专利代理“蓝天”行动")

    assert any("”" in evidence.words for evidence in judged.evidence)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("行政裁决", "不办理行政裁决，只做诉前调解"),
        ("作品登记审核", "本县不开展作品登记审核，只做咨询"),
        ("知识产权保护（不含行政裁决）", "专利侵权纠纷行政裁决"),
    ],
)
def test_a_line_that_denies_its_own_name_is_never_accused(name, content):
    judged = county(name, content)

    assert (judged.verdict, judged.reason) == (UNDECIDED, VAGUE)
    assert "前后不一致" in judged.because


def test_denying_a_part_of_what_is_named_denies_nothing_else():
    assert county("专利侵权纠纷行政裁决", "不含口审").verdict is WRONG
    assert county("专利行政裁决", "不含商标行政裁决").verdict is WRONG


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("知识产权执法（不含全市专项）", "仅限本县，不含市局组织的全市专项行动和行政裁决"),
        ("知识产权执法", "不承担全市专项行动"),
        ("知识产权维权援助", "不以市局名义，不受市局委托"),
    ],
)
def test_what_is_denied_does_not_speak_of_a_level_either(name, content):
    assert county(name, content).verdict is RIGHT


@pytest.mark.parametrize("charged", [CITY, COUNTY])
def test_whose_affiliation_it_is_stays_open_where_a_body_of_a_level_above_takes_part(charged):
    judged = city("与河北师范大学共建知识产权学院", charged=charged)

    assert judged.verdict is UNDECIDED
    assert "河北师范大学" in judged.because


def test_a_note_quotes_traditional_text_as_it_stands_in_the_cell():
    judged = county("專利行政裁決口審")

    assert judged.evidence[0].words == "專利行政裁決口審"
    assert "“專利行政裁決口審”" in judged.because


def test_cost_sharing_is_quoted_with_the_brackets_of_the_cell():
    judged = city("全市专利导航", "县（市、区）按１:１安排配套资金")

    assert judged.cost_shift.words == "县（市、区）按１:１安排配套资金"


@pytest.mark.parametrize(
    ("name", "matter"),
    [
        ("县区知识产权执法补助", "IP-4.4"),
        ("知识产权宣传补贴", "IP-7.2"),
        ("知识产权培训补助", "IP-7.1"),
        ("知识产权维权援助站点补助", "IP-4.6"),
    ],
)
def test_a_subsidy_is_what_it_pays_for(name, matter):
    assert county(name).matter == matter


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("发明专利授权奖励", "对知识产权创造、申请、授权、获奖和创建认定的补助奖励"),
        ("版权示范单位创建奖励", "对知识产权创造、申请、授权、获奖和创建认定的补助奖励"),
        ("知识产权专项奖补", "看不出奖补的是方案列明的哪一件事"),
        ("知识产权保险保费补贴", "知识产权保险费补贴"),
        ("知识产权贯标奖励", "贯标"),
    ],
)
def test_an_unlisted_subsidy_is_called_no_more_than_its_words_say(name, why):
    judged = county(name)

    assert (judged.verdict, judged.reason) == (UNDECIDED, UNLISTED)
    assert why in judged.because


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("作品登记补助", "作品登记补助"),
        ("高价值专利奖励", "高价值专利奖励"),
        ("发明专利每件奖励2000元", "发明专利每件奖励"),
        ("查办本县商标侵权案件", "查办本县商标侵权案件"),
        ("宣传片《知产之光》", "宣传片《知产之光》"),
        ("知识产权保护系统等保测评", "知识产权保护系统等保测评"),
    ],
)
def test_the_words_quoted_are_whole_words(name, words):
    assert county(name).evidence[0].words == words


def test_a_longer_word_of_another_meaning_is_not_cut():
    assert all(one.words != "知识产权周" for one in county("知识产权周末课堂").evidence)


def test_words_that_do_not_stand_in_the_name_are_quoted_with_their_column():
    assert "项目内容中的“查处商标侵权”" in county("知识产权工作", "查处商标侵权").because


@pytest.mark.parametrize(
    ("name", "content"),
    [("赵县雪花梨品牌保护", "包装设计"), ("赵县雪花梨保护", "品牌包装设计、商标注册费"), ("植物新品种保护", "")],
)
def test_protection_of_a_brand_or_a_variety_is_not_yet_a_matter(name, content):
    assert county(name, content).verdict is UNDECIDED


def test_the_words_of_the_basis_alone_name_no_matter():
    judged = county("综合工作", "印发通知", basis="《石家庄市知识产权强县建设实施方案》《知识产权保护办法》")

    assert judged.verdict is not RIGHT
    assert judged.matter is None


def test_money_a_city_hands_down_is_told_as_such():
    judged = city("县区知识产权执法补助", "支持各县（市、区）开展本地区知识产权执法", nature="对下转移")

    assert (judged.verdict, judged.reason, judged.matter) == (UNDECIDED, FROM_ABOVE, "IP-4.4")


def test_matters_of_one_level_in_a_list_are_judged_as_the_first_and_all_are_told():
    judged = county("知识产权执法、宣传、维权援助、软件正版化", "以上四项")

    assert (judged.verdict, judged.matter) == (RIGHT, "IP-4.4")
    assert "同一行还列有“宣传教育和普法”、“维权援助”、“软件正版化工作组织推进”，也由县级承担" in judged.because


def test_matters_listed_in_the_content_are_told_where_the_name_names_none():
    judged = county("知识产权工作", "开展知识产权宣传、培训、维权援助和市场走访")

    assert judged.verdict is RIGHT
    assert "同一行还列有" in judged.because


@pytest.mark.parametrize("name", ["知识产权执法、行政裁决", "作品登记审核、宣传"])
def test_matters_of_different_levels_in_a_list_are_to_be_split_with_the_clause_of_each(name):
    judged = county(name)

    assert (judged.verdict, judged.reason) == (UNDECIDED, SEVERAL)
    assert "由市级承担" in judged.because
    assert "由县级承担" in judged.because
    assert judged.clause is None


def test_a_list_with_something_unlisted_is_to_be_split():
    assert county("知识产权工作", "专利导航、发明专利授权奖励、知识产权宣传").reason == SEVERAL


def test_checking_a_product_by_its_mark_is_one_task():
    judged = county("地理标志保护产品专项检查", "开展地理标志专用标志使用核查")

    assert (judged.verdict, judged.matter) == (RIGHT, "IP-4.4")


def test_the_words_of_a_dispute_are_those_of_the_text():
    assert (
        "而“知识产权执法办案”说的不是这一事项"
        in county("知识产权执法办案", matter="IP-3.4 专利导航", scope="本县区").because
    )


def test_a_fee_for_having_ones_own_work_registered_is_no_examination():
    assert county("赵州桥文创版权登记代理费").verdict is UNDECIDED


@pytest.mark.parametrize(
    "content",
    ["我县无行政裁决权，只做调解", "并非行政裁决，是行政调解", "不具备行政裁决职能", "不办理专利侵权纠纷的行政裁决"],
)
def test_having_no_such_power_is_a_denial_too(content):
    assert county("专利侵权纠纷行政裁决", content).verdict is UNDECIDED


def test_publicity_beside_a_power_of_the_city_is_not_the_city_power():
    assert county("行政裁决和宣传").reason == SEVERAL


def test_words_on_both_sides_of_a_divider_are_not_quoted_where_others_are():
    assert all("、" not in one.words for one in county("知识产权质押融资、专利导航、维权援助").evidence)
