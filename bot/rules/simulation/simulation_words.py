"""The warnings of a simulation and where its model comes from, in words, Chinese and English. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.rules.pushes.reasons import sentence
from bot.values.simulation import Rate, Simulated, Warned

Numbers = Mapping[str, Any]
Words = Callable[[str, Numbers], str]


def warning(one: Warned, found: Simulated, language: str) -> str:
    names = {line.id: line.name for line in found.campaigns}
    name = f"《{names.get(one.about, one.about)}》" if language == "zh" else names.get(one.about, one.about)
    return _WORDS[one.kind][0 if language == "zh" else 1](name, one.numbers)


def _zh_place(name: str, n: Numbers) -> str:
    taker, day = f"《{n['by_name']}》", f"{n['on']:%m月%d日}"
    what = {
        "quota": f"{day}{taker}用掉了这 {n['customers']:,} 位客户当月最后一次群发，{name}（{n['ends']:%m月%d日}结束）发不到他们",
        "lost_to": f"{day}的名额归了{taker}：{name}（{n['ends']:%m月%d日}结束）有 {n['customers']:,} 位客户因此收不到",
    }.get(
        n["reason"],
        f"{day}{taker}的推送占掉了{name}（{n['ends']:%m月%d日}结束）要发给 {n['customers']:,} 位客户的名额：两次推送离得太近",
    )
    return what + ("" if n["is_higher"] else "；它的优先级更低，可以改期，或暂停几天")


def _en_place(name: str, n: Numbers) -> str:
    taker, day, many = n["by_name"], f"{n['on']:%d %B}", f"{n['customers']:,}"
    what = {
        "quota": f"sending {taker} on {day} takes the month's last mass send of {many} people, whom {name} (ends {n['ends']:%d %B}) then cannot reach",
        "lost_to": f"{taker} has the turn of {many} people on {day}, who then never get {name} (ends {n['ends']:%d %B})",
    }.get(
        n["reason"],
        f"sending {taker} on {day} takes the {name} slot (ends {n['ends']:%d %B}) of {many} people: the two are too close",
    )
    return what + (
        "" if n["is_higher"] else "; its priority is not higher: move it, or pause it for some days"
    )


def _reasons(n: Numbers, language: str) -> str:
    parts = [f"{sentence(reason, language)} {number:,}" for reason, number in n["reasons"].items()]
    return ("、" if language == "zh" else ", ").join(parts)


def _winners(n: Numbers, language: str) -> str:
    if not n["winners"]:
        return ""
    won = ("、" if language == "zh" else ", ").join(
        f"{who} {number:,}" for who, number in n["winners"].items()
    )
    return (
        f"；名额主要归了：{won}（人次）" if language == "zh" else f"; the turns went to {won} (customer-days)"
    )


_WORDS: dict[str, tuple[Words, Words]] = {
    "promise_broken": (
        lambda _, n: (
            f"推送节奏被打破：{n['too_near']:,} 次间隔不足两天，{n['twice_a_day']:,} 次一天两推。这是程序错误，请报告"
        ),
        lambda _, n: (
            f"the rhythm was broken: {n['too_near']:,} gaps below two days, {n['twice_a_day']:,} second pushes a day. This is a bug: report it"
        ),
    ),
    "takes_the_place": (_zh_place, _en_place),
    "no_contents": (
        lambda name, _: f"{name}没有内容，不会发出任何东西",
        lambda name, _: f"{name} has no contents and sends nothing",
    ),
    "unapproved": (
        lambda name, n: f"{name}有 {len(n['contents'])} 条内容尚未审核：{'、'.join(n['contents'])}",
        lambda name, n: (
            f"{name} has {len(n['contents'])} contents nobody approved: {', '.join(n['contents'])}"
        ),
    ),
    "never_judged": (
        lambda name, _: f"{name}在这些天里一次也没有排到：没有可用的时段",
        lambda name, _: f"{name} was never planned in these days: no window opened for it",
    ),
    "nobody_in_segment": (
        lambda name, _: f"{name}的人群里没有可以推送的客户",
        lambda name, _: f"nobody who can be pushed to is in the segment of {name}",
    ),
    "reaches_nobody": (
        lambda name, n: (
            f"{name}一个人也发不到（每天最多 {n['candidates']:,} 位候选）：{_reasons(n, 'zh')}{_winners(n, 'zh')}"
        ),
        lambda name, n: (
            f"{name} reaches nobody (up to {n['candidates']:,} candidates a day): {_reasons(n, 'en')}{_winners(n, 'en')}"
        ),
    ),
    "starved": (
        lambda name, n: (
            f"{name}几乎发不出去：每天最多 {n['candidates']:,} 位候选，只发到 {n['reached']:,} 位：{_reasons(n, 'zh')}{_winners(n, 'zh')}"
        ),
        lambda name, n: (
            f"{name} is starved: up to {n['candidates']:,} candidates a day, {n['reached']:,} reached: {_reasons(n, 'en')}{_winners(n, 'en')}"
        ),
    ),
    "run_out": (
        lambda name, n: (
            f"{name}的内容从 {n['day']:%m月%d日} 起不够用：{n['customers']:,}/{n['candidates']:,} 位客户已收过全部 {n['contents']} 条"
        ),
        lambda name, n: (
            f"{name} runs out of contents from {n['day']:%d %B}: {n['customers']:,} of {n['candidates']:,} customers have had all {n['contents']}"
        ),
    ),
    "halted": (
        lambda _, n: f"渠道已停用，模拟中也一直停用：{'、'.join(n['channels'])}",
        lambda _, n: f"channels are halted, and stayed so here: {', '.join(n['channels'])}",
    ),
    "calendar_unknown": (
        lambda _, n: f"{n['years'][0]} 年的法定节假日尚未公布，从 {n['from']:%Y年%m月%d日} 起只按星期判断",
        lambda _, n: (
            f"the holidays of {n['years'][0]} are not known yet; from {n['from']:%d %B %Y} only weekdays were looked at"
        ),
    ),
    "reserve_unused": (
        lambda _, n: f"{n['month']} 为节日预留的群发还剩 {n['sends']:,} 人次没有用，月底作废",
        lambda _, n: (
            f"{n['sends']:,} mass sends reserved for festivals are left unused when {n['month']} ends"
        ),
    ),
}

WHAT = {
    "writes": ("每天主动来信", "writes, a day"),
    "answers": ("推送后一天内回复", "answers a push within a day"),
    "stops": ("推送后退订", "says TD after a push"),
    "leaves": ("推送后取关", "unfollows after a push"),
    "buys": ("每天下单", "buys, a day"),
}
GROUPS = {
    "engaged": ("活跃", "engaged"),
    "ordinary": ("普通", "ordinary"),
    "tired": ("疲倦", "tired"),
    "all": ("全部", "all"),
}


def model(rates: tuple[Rate, ...], language: str) -> Iterator[str]:
    """How it was estimated, and how sure it is."""
    place = 0 if language == "zh" else 1
    if language == "zh":
        yield "客户反应的模型：每人按自己近 90 天的记录估计，记录越短越靠近同类客户的平均；括号内是九成把握的区间。"
    else:
        yield "The model of who answers: each customer by their own last 90 days, drawn to the mean of their kind where these are few; in brackets where it lies nine times out of ten."
    for rate in rates:
        basis = f"{rate.seen:,}/{rate.of:,}"
        if rate.assumed:
            basis += "，记录太少，主要是假设" if language == "zh" else ", too little seen: mostly assumed"
        yield f"  {WHAT[rate.what][place]} · {GROUPS[rate.group][place]}: {rate.rate:.2%} ({rate.low:.2%} – {rate.high:.2%}; {basis})"
