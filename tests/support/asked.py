"""Questions a shop wrote answers to, each about something else."""

from bot.values.knowledge import Entry

ASKED = (
    "怎么泡绿茶", "紫砂壶如何开壶", "发票在哪里开", "运费由谁承担", "门店几点关门", "积分可以换什么", "礼盒能印名字吗",
    "茶叶保质期多长", "锡罐会不会生锈", "快递用哪一家", "支持货到付款吗", "会员日是哪天", "瓷杯可以微波吗", "普洱要醒多久",
    "刻字需要几天", "包装破了找谁", "批发有折扣吗", "地址写错怎么改", "茶垢用什么洗", "有没有体验课", "竹盘开裂正常吗",
    "能不能试喝", "外国可以寄吗", "白茶煮着喝行吗", "客服几点上班", "买错型号能换吗",
)  # fmt: skip
ENTRIES = [Entry(id=f"e{number}", question=text, answer=f"答案{number}") for number, text in enumerate(ASKED)]
