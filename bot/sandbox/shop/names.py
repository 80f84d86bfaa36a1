"""What the demo's customers are called and where they live: lists of our own, weighted roughly as in life."""

from dataclasses import dataclass

SURNAMES = (
    ("王李张刘陈", 12),
    ("杨赵黄周吴徐孙胡朱高林何郭马罗", 5),
    (
        "梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文",
        1,
    ),
)  # characters, and how often each of them

GIVEN = """
秀英 桂兰 淑珍 玉梅 丽华 建国 国强 志明 永福 德海 春生 文斌 晓燕 红梅 海燕 雪梅 丽娟 志强 卫东 建军 慧敏 艳玲 俊杰 立新 少华 小军
静 敏 磊 洋 勇 艳 娟 涛 超 霞 平 刚 桂英 婷 鹏 浩 宇 颖 琳 倩 丹 莉 凯 晨 阳 旭 博 蕾 璐 楠
雨桐 子涵 思琪 佳怡 梦洁 欣然 诗语 若溪 一诺 可欣 语嫣 沐晴 清妍 书瑶 静怡 安然 雅文 婉清 心怡 乐怡 依晨 知夏 念慈 映雪 采薇 初晴
浩然 子轩 宇航 俊熙 明哲 泽宇 思远 文博 嘉树 启明 景行 云帆 一鸣 天佑 致远 承泽 怀瑾 亦凡 柏言 星野 青川 修远 伯庸 墨白 清源 望舒
美玲 秋萍 雅琴 凤霞 文静 晓彤 小雨 小北 阿宁 冬梅 春燕 立群 向阳 新民 长青 爱华 晓峰 海涛 志远 家豪 嘉欣 咏琪 佩珊 伟杰 伟明 志豪 惠芳 月娥 金花 宝珠
雪 冰 桐 岚 筠 澜 芷若 疏桐 南枝 听雨 微澜 半夏 小棠 云舒 以沫 予安 时雨 见山 问渠 守拙 知行 允和 元白 鹤年 松年 明月 白露 立秋
""".split()  # noqa: SIM905 - lines of names are read, a list of quotes is not


@dataclass(frozen=True, slots=True)
class Place:
    province: str
    city: str
    weight: int  # of a thousand customers, roughly


PLACES = (
    Place("浙江", "杭州", 130), Place("浙江", "宁波", 34), Place("浙江", "温州", 18), Place("浙江", "嘉兴", 18), Place("浙江", "绍兴", 16), Place("浙江", "金华", 12),
    Place("江苏", "苏州", 96), Place("江苏", "南京", 48), Place("江苏", "无锡", 26), Place("江苏", "常州", 14), Place("江苏", "扬州", 10), Place("江苏", "南通", 10),
    Place("上海", "上海", 110), Place("北京", "北京", 70), Place("天津", "天津", 12), Place("重庆", "重庆", 18),
    Place("广东", "深圳", 44), Place("广东", "广州", 42), Place("广东", "佛山", 10), Place("广东", "东莞", 10), Place("广东", "潮州", 6),
    Place("福建", "厦门", 20), Place("福建", "福州", 18), Place("福建", "泉州", 12), Place("安徽", "合肥", 20), Place("安徽", "黄山", 5),
    Place("四川", "成都", 36), Place("湖北", "武汉", 24), Place("湖南", "长沙", 20), Place("江西", "南昌", 8), Place("江西", "景德镇", 5),
    Place("山东", "青岛", 16), Place("山东", "济南", 14), Place("河南", "郑州", 14), Place("河北", "石家庄", 8), Place("山西", "太原", 6),
    Place("陕西", "西安", 18), Place("辽宁", "大连", 10), Place("辽宁", "沈阳", 10), Place("吉林", "长春", 6), Place("黑龙江", "哈尔滨", 7),
    Place("云南", "昆明", 12), Place("贵州", "贵阳", 7), Place("广西", "南宁", 8), Place("广西", "桂林", 4), Place("海南", "海口", 5),
    Place("甘肃", "兰州", 4), Place("内蒙古", "呼和浩特", 4), Place("宁夏", "银川", 2), Place("青海", "西宁", 2), Place("新疆", "乌鲁木齐", 4), Place("西藏", "拉萨", 2),
)  # fmt: skip

NEAR = frozenset({"浙江", "江苏", "上海", "安徽"})  # from the warehouse in Hangzhou: a day or two
FAR = frozenset({"新疆", "西藏"})  # five to seven days
