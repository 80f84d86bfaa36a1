"""One name for each place, however it was written: 浙江省 and 浙江 are one province, 杭州市 and 杭州 one city.

Shops write 江苏省, customers say 江苏; without this they would be two regions, and a segment would find half of its
people. What is no place we know stays as it was written. Districts keep their last syllable: 朝阳区 is not 朝阳市.
"""

import re

_LONG = {
    "内蒙古自治区": "内蒙古", "广西壮族自治区": "广西", "西藏自治区": "西藏", "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆", "香港特别行政区": "香港", "澳门特别行政区": "澳门", "中国香港": "香港",
    "中国澳门": "澳门", "中国台湾": "台湾",
}  # fmt: skip
_MUNICIPALITIES = frozenset({"北京", "天津", "上海", "重庆"})
_NAMES = """
北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾
内蒙古 广西 西藏 宁夏 新疆 香港 澳门
"""
PROVINCES = frozenset(_NAMES.split())
_PEOPLES = "蒙古|藏|回|彝|苗|侗|壮|布依|白|傣|景颇|傈僳|哈尼|羌|朝鲜|土家|黎|哈萨克|柯尔克孜|维吾尔|仡佬|满|畲|瑶|纳西|拉祜|佤"
_PREFECTURE = re.compile(rf"(?P<name>[\u4e00-\u9fff]{{2,}}?)(?:(?:{_PEOPLES})族?)*(?:自治州|地区|盟)")
_DIRECTLY_UNDER = re.compile(r"市辖区|县")


def province(written: str) -> str:
    """浙江省 and 浙江, 广西壮族自治区 and 广西, 北京市 and 北京."""
    short = _LONG.get(written, written)
    return next(
        (name for name in (short, short[:-1]) if name in PROVINCES and _is_short(name, short)), written
    )


def city(written: str) -> str:
    """杭州市 and 杭州, 恩施土家族苗族自治州 and 恩施, 阿里地区 and 阿里; 北京城区 is 北京."""
    for name in _MUNICIPALITIES:
        if written in {name, f"{name}市", f"{name}城区", f"{name}郊县"}:
            return name
    if written in _LONG:
        return _LONG[written]
    if found := _PREFECTURE.fullmatch(written):
        return found["name"]
    return written[:-1] if len(written) > 2 and written.endswith("市") else written


def city_within(province_: str | None, city_: str | None) -> str | None:
    """Official lists write 市辖区 where a municipality has no city but itself."""
    if province_ in _MUNICIPALITIES and city_ and _DIRECTLY_UNDER.fullmatch(city_):
        return province_
    return city_


def _is_short(name: str, written: str) -> bool:
    """Only 省, 市 or nothing follows."""
    return written.removeprefix(name) in {"", "省", "市"}
