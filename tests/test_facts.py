import pytest

from checker.facts import establish
from checker.rulebook import load
from checker.terms import Level, Line

PLAN = load().plan("shijiazhuang-ip-2024")
CITY, COUNTY = Level.CITY, Level.COUNTY


def facts(name="专利导航", content="", bureau="", division="", level=None, scope="", mode=""):
    return establish(
        Line(name, content, bureau=bureau, division=division, bureau_level=level, scope=scope, mode=mode), PLAN
    )


def test_a_city_bureau_works_for_the_whole_city():
    assert facts(bureau="石家庄市市场监督管理局", level=CITY, scope="全市").work is CITY


def test_a_county_bureau_works_for_its_own_area():
    assert facts(bureau="正定县市场监督管理局", level=COUNTY, division="正定县").work is COUNTY


def test_the_whole_city_of_a_county_level_city_is_the_county():
    assert facts(bureau="晋州市市场监督管理局", level=COUNTY, division="晋州市", scope="全市").work is COUNTY


def test_a_county_that_says_whole_city_without_a_commission_leaves_its_work_open():
    found = facts(bureau="长安区市场监督管理局", level=COUNTY, division="长安区", scope="全市")

    assert found.work is None
    assert found.scope_doubt.words == "全市"


@pytest.mark.parametrize("content", ["受市局委托，面向全市企业", "以市局名义举办"])
def test_work_done_on_behalf_of_the_city_is_the_citys(content):
    assert facts(content=content, bureau="裕华区市场监督管理局", level=COUNTY, division="裕华区").work is CITY


def test_the_city_bureau_of_a_county_level_city_is_not_the_city_above():
    own = facts(content="受市局委托", bureau="辛集市市场监督管理局", level=COUNTY, division="辛集市")
    upper = facts(content="受石家庄市局委托", bureau="辛集市市场监督管理局", level=COUNTY, division="辛集市")

    assert (own.work, upper.work) == (COUNTY, CITY)


def test_a_branch_of_the_city_bureau_belongs_to_the_city():
    found = facts(bureau="石家庄市市场监督管理局高新分局", level=COUNTY, division="高新区", scope="本县区")

    assert (found.affiliation, found.work) == (CITY, CITY)


def test_a_city_bureau_with_one_county_as_its_object_leaves_its_work_open():
    assert facts("正定县家具产业专利导航", bureau="石家庄市市场监督管理局", level=CITY, division="正定县").work is None


def test_a_county_that_is_only_the_place_leaves_the_work_the_citys():
    found = facts("长安区专利检查", "属全市抽查点", bureau="石家庄市市场监督管理局", level=CITY, division="长安区")

    assert found.work is CITY


def test_what_a_county_does_by_itself_stays_the_countys_though_the_city_lists_it():
    found = facts("平山县盗版检查（市里代列）", "县里独立组织", bureau="石家庄市文化市场综合行政执法支队", level=CITY)

    assert found.work is COUNTY


def test_words_that_make_another_level_pay_are_kept_apart_from_whose_work_it_is():
    found = facts(content="费用由各县区分摊", bureau="石家庄市市场监督管理局", level=CITY, scope="全市")

    assert found.work is CITY
    assert found.cost_shift.words


def test_a_body_of_a_level_above_that_takes_part_is_heard():
    found = facts(name="与河北师范大学共建知识产权学院", bureau="石家庄市市场监督管理局", level=CITY)

    assert found.of_other.words == "河北师范大学"


def test_what_a_branch_does_by_itself_is_the_citys():
    bureau = "石家庄市市场监督管理局经济技术开发区分局"

    assert facts(content="派出机构自行组织宣讲", bureau=bureau, level=COUNTY).work is CITY


def test_a_county_that_hosts_and_pays_for_what_the_city_holds_leaves_open_whose_money_it_is():
    hosting = {"name": "承办全市知识产权宣传周启动仪式", "bureau": "正定县市场监督管理局", "level": COUNTY}

    assert facts(content="市局主办、我县承办，场地由县里负担", **hosting).work is None
    assert facts(content="市局主办、我县承办，市级列支", **hosting).work is CITY


def test_work_for_one_county_alone_is_open_whoever_of_the_city_organises_it():
    found = facts("正定板式家具专利地图", "市局统一买服务，只为正定县家具产业做", "石家庄市市场监督管理局", level=CITY)

    assert found.work is None


def test_joining_what_is_done_in_the_whole_city_claims_nothing_of_it():
    joining = facts("配合全市“守护”行动区内检查", bureau="藁城区市场监督管理局", division="藁城区", level=COUNTY)

    assert joining.work is COUNTY


def test_a_county_that_acts_with_its_neighbour_does_its_own_part():
    neighbours = {"bureau": "井陉县市场监督管理局", "level": COUNTY, "scope": "跨县区"}

    assert facts("与山西平定县商标侵权案件协作", **neighbours).work is COUNTY
    assert facts("商标侵权案件协作", **neighbours).work is None


def test_who_pays_does_not_make_the_work_of_the_whole_city_a_countys():
    paid = facts("全市生物医药产业专利导航", "由高新区财政列支", "石家庄市科学技术局", level=CITY, scope="全市")

    assert paid.work is CITY


def test_an_institution_of_another_level_is_heard():
    found = facts("知识产权教育示范校奖金", "评10所县属中小学", "石家庄市教育局", level=CITY)

    assert found.of_other.words == "县属"


def test_the_words_tell_whose_an_institution_is_where_nothing_else_does():
    assert facts("知识产权学院筹建", "市属高校，建实训室", "石家庄职业技术学院").affiliation is CITY


def test_a_bureau_nobody_can_place_leaves_its_level_open():
    found = facts(bureau="某单位")

    assert (found.affiliation, found.work) == (None, None)


def test_a_county_whose_project_name_claims_the_whole_city_leaves_its_work_open():
    found = facts("编制全市知识产权发展规划", bureau="正定县市场监督管理局", level=COUNTY, division="正定县")

    assert found.work is None
    assert "全市" in found.doubt


@pytest.mark.parametrize(
    "content",
    ["对全市重大招商引资项目开展评议", "编制县规划并参与石家庄市知识产权战略纲要修订", "导航成果供全市企业使用"],
)
def test_a_county_whose_content_is_work_for_the_whole_city_leaves_its_work_open(content):
    found = facts(content=content, bureau="赵县市场监督管理局", level=COUNTY, division="赵县", scope="本县区")

    assert found.work is None
    assert "项目内容" in found.doubt


@pytest.mark.parametrize("content", ["落实全市执法工作部署，检查本县商户", "参加全市宣传周活动", "不面向全市"])
def test_following_or_joining_the_city_is_no_work_for_it(content):
    assert facts(content=content, bureau="赵县市场监督管理局", level=COUNTY, division="赵县").work is COUNTY


def test_the_whole_city_in_the_content_of_a_county_level_city_is_the_county():
    assert facts(content="面向全市企业", bureau="晋州市市场监督管理局", level=COUNTY, division="晋州市").work is COUNTY


def test_a_city_that_hands_money_down_leaves_open_whose_work_it_pays_for():
    content = "对下转移支付，支持各县（市、区）开展本地区知识产权执法"

    assert facts("县区知识产权执法", content, bureau="石家庄市市场监督管理局", level=CITY).work is None
