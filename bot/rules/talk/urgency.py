"""How somebody who waits for a person feels, and how soon they need one: plain rules over what they wrote. Pure.

Each rule adds points and gives its reason a name, so that staff see why somebody stands where they stand.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from bot.rules.talk.signs import needs_a_sign
from bot.rules.talk.wording import compact, plain

Mood = Literal["calm", "worried", "angry"]
Need = Literal["normal", "soon", "now"]

SOON, NOW = 25, 50  # points
COMPLAINT, DANGER, ANGRY, UNHAPPY, PRESSED, SHOUTED = 30, 50, 20, 10, 10, 5
CLASSES = {"A": 15, "B": 8}
DEAR_ORDER, DEAR = Decimal(1000), 10  # yuan of late orders, points
FAIR_ORDER, FAIR = Decimal(300), 5
EACH_ASKING, MOST_FOR_ASKING = 2, 6  # little: who asks every minute does not pass who waits patiently
CAME_BEFORE, WROTE_MUCH = 5, 5
MUCH = 3  # messages nobody answered
MOST_FOR_WAITING = 20  # a point each five minutes, so that nobody waits for ever behind the loud

_DANGER = re.compile(
    r"烫伤|烧伤|割伤|划伤|受伤|流血|出血|着火|起火|冒烟|漏电|触电|爆炸|炸了|炸裂|过敏|中毒|食物中毒|进医院|去医院|送医院|送医"
)
_ANGRY = re.compile(
    r"骗子|骗人|欺诈|诈骗|垃圾|气死|太差|差劲|恶心|混蛋|王八|滚|妈的|他妈|tmd|狗屁|放屁|无耻|坑人|坑爹|忽悠|差评|曝光|投诉|起诉|维权|12315|消协|举报|律师|报警|太过分|忍无可忍|什么玩意"
)
_UNHAPPY = re.compile(
    r"失望|不满|无语|生气|郁闷|糟糕|烦死|烦人|怎么还(?:没|不)|到底|还要(?:等)?多久|等了(?:好|这么|那么|半|几|一|两|三)|一直(?:没|不)|没人(?:理|管|回)|不理(?:我|人)|又(?:坏|漏|错|破|碎|不)|推来推去|敷衍|坏了|碎了|漏水|裂了|发错"
)
_PRESSED = re.compile(
    r"马上|立刻|立即|赶紧|赶快|尽快|快点|快一点|加急|急用|很急|着急|急死|急急|火急|今天就要|今天必须|明天就要|来不及"
)
_NOT_SO = re.compile(
    r"(?:不|没|没有|不用|不是|不太|不必|别|无需)(?:很|太|那么|这么|怎么)?(?:着急|急用|急|生气|失望|不满|受伤|烫伤|过敏|想投诉|投诉)"
)
_SHOUTS = re.compile(r"[!?]{2,}|[!?][^!?]{0,12}[!?][^!?]{0,12}[!?]")


_HARM = re.compile(
    r"烫伤|烧伤|割伤|划伤|割到手|受伤|流血|出血|着火|起火|冒烟|漏电|触电|爆炸|(?:壶|锅|杯|碗|瓶|炉|灶|玻璃|突然|直接)炸(?:了|裂|开)|进医院|去医院|送医|食物中毒|拉肚子|上吐下泻|被烫|烫(?:到|着)(?:了|手|我|孩子|宝宝)|烫红|烫出|手(?:上|都|被|指)*起(?:了|水)*泡|割破|划破|(?:割|划|扎)到(?:了)?手"
    r"|(?:喝|吃|用)(?:了|完|过|下去).{0,10}(?:肚子(?:疼|痛|不舒服)|想吐|吐了|呕吐|头晕|过敏|起疹|浑身痒)"
)
_ONLY_FEARED = re.compile(
    r"老是?(?:会|被)?烫|总是?(?:会|被)?烫|怎么[拿端握]|会不会|容易|怕|担心|小心|防|避免|如果|万一|吗$|么$|能不能|可以|适合|不会|是不是|没有?(?:受伤|出血)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plea:
    """What is known of one who waits. `words` are theirs since they asked."""

    complains: bool = False
    words: tuple[str, ...] = ()
    unanswered: int = 0
    asked: int = 1  # times, for a person, this time
    before: int = 0  # hand-overs of the last month
    service_class: str = ""
    late_orders: Decimal = Decimal(0)  # yuan, of the last two months
    waits: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Urgency:
    points: int
    mood: Mood
    need: Need
    reasons: tuple[str, ...]  # their names, the weightiest first


@needs_a_sign(_HARM, otherwise=False)
def tells_of_harm(text: str) -> bool:
    """水烧开把手烫伤了, 壶炸了; not 会不会烫伤."""
    words = compact(text)
    return bool(_HARM.search(words)) and not _ONLY_FEARED.search(words)


def is_upset(text: str) -> bool:
    """Nothing is asked of somebody who writes like this."""
    words = _NOT_SO.sub("", compact(text))
    return any(found.search(words) for found in (_DANGER, _ANGRY, _UNHAPPY, _PRESSED)) or bool(
        _SHOUTS.search(plain(text))
    )


def urgency(plea: Plea) -> Urgency:
    found = {name: points for name, points in (*_of_words(plea), *_of_them(plea)) if points > 0}
    points = sum(found.values()) + min(MOST_FOR_WAITING, int(plea.waits / timedelta(minutes=5)))
    mood: Mood = "calm"
    if "angry" in found or {"complains", "shouts"} <= found.keys():
        mood = "angry"
    elif found.keys() & {"complains", "unhappy", "shouts", "danger"}:
        mood = "worried"
    need: Need = "now" if points >= NOW else "soon" if points >= SOON else "normal"
    return Urgency(points, mood, need, tuple(sorted(found, key=lambda name: -found[name])))


def _of_words(plea: Plea) -> list[tuple[str, int]]:
    said = "\n".join(_NOT_SO.sub("", compact(text)) for text in plea.words)
    loud = any(_SHOUTS.search(plain(text)) for text in plea.words)
    return [
        ("danger", DANGER if _DANGER.search(said) else 0),
        ("complains", COMPLAINT if plea.complains else 0),
        ("angry", ANGRY if _ANGRY.search(said) else 0),
        ("unhappy", UNHAPPY if _UNHAPPY.search(said) else 0),
        ("pressed", PRESSED if _PRESSED.search(said) else 0),
        ("shouts", SHOUTED if loud else 0),
    ]


def _of_them(plea: Plea) -> list[tuple[str, int]]:
    orders = DEAR if plea.late_orders >= DEAR_ORDER else FAIR if plea.late_orders >= FAIR_ORDER else 0
    return [
        ("class", CLASSES.get(plea.service_class, 0)),
        ("asked_again", min(MOST_FOR_ASKING, EACH_ASKING * (plea.asked - 1))),
        ("came_before", CAME_BEFORE if plea.before else 0),
        ("wrote_much", WROTE_MUCH if plea.unanswered >= MUCH else 0),
        ("orders", orders),
    ]
