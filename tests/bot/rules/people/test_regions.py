"""One name for each place: with and without 省, 市, 区, of minority regions, of Hong Kong, Macao and Taiwan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.people import regions


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("浙江省", "浙江"), ("浙江", "浙江"), ("北京市", "北京"), ("吉林省", "吉林"), ("黑龙江省", "黑龙江"),
        ("内蒙古自治区", "内蒙古"), ("内蒙古", "内蒙古"), ("广西壮族自治区", "广西"), ("新疆维吾尔自治区", "新疆"),
        ("宁夏回族自治区", "宁夏"), ("西藏自治区", "西藏"), ("香港特别行政区", "香港"), ("中国澳门", "澳门"), ("台湾省", "台湾"),
        ("California", "California"), ("省", "省"), ("浙江路", "浙江路"),
    ],
)  # fmt: skip
def test_a_province_has_one_name(written: str, kept: str) -> None:
    assert regions.province(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("杭州市", "杭州"), ("杭州", "杭州"), ("吉林市", "吉林"), ("津市市", "津市"), ("沙市", "沙市"), ("市", "市"),
        ("北京市", "北京"), ("北京城区", "北京"), ("重庆郊县", "重庆"), ("香港特别行政区", "香港"),
        ("恩施土家族苗族自治州", "恩施"), ("延边朝鲜族自治州", "延边"), ("巴音郭楞蒙古自治州", "巴音郭楞"),
        ("克孜勒苏柯尔克孜自治州", "克孜勒苏"), ("西双版纳傣族自治州", "西双版纳"), ("黔西南布依族苗族自治州", "黔西南"),
        ("阿里地区", "阿里"), ("锡林郭勒盟", "锡林郭勒"), ("大兴安岭地区", "大兴安岭"), ("朝阳区", "朝阳区"),
    ],
)  # fmt: skip
def test_a_city_has_one_name(written: str, kept: str) -> None:
    assert regions.city(written) == kept


def test_directly_under_a_municipality_is_the_municipality() -> None:
    assert regions.city_within("北京", "市辖区") == "北京"
    assert regions.city_within("重庆", "县") == "重庆"
    assert regions.city_within("浙江", "市辖区") == "市辖区"
    assert regions.city_within("北京", None) is None


@given(st.text("省市区县盟州自治地藏族回京北吉林广西壮a ", min_size=1, max_size=8))
def test_no_name_is_lost_and_a_short_one_stays(written: str) -> None:
    for short in (regions.province, regions.city):
        assert short(written)
    assert regions.province(regions.province(written)) == regions.province(written)
