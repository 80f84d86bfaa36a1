"""Recognises a question that is too short to stand alone. Pure, told only text."""

import re

from bot.rules.talk.wording import compact

LONGEST = 12  # characters

_ASKS = re.compile(
    r"怎么|咋|如何|多少|多大|多重|多久|多高|几[个度克次天年只件杯泡]|什么|啥|哪|谁|吗|嘛|么|呢|不$|没$|可以|能|会|有没有|好不好|好用|区别|一样"
)
_OF_ANY_GOODS = re.compile(  # what a question about price or stock is made of, where it names nothing
    r"请问|现在|目前|还|有没有|有|没|无|缺|断|补|货|现货|库存|存货|多少|几|钱|块|元|毛|价格?|价钱|卖|售|怎么|咋|贵|便宜|不|能|会|可以|可|买|到|来|要|吗|嘛|么|呢|的|了|啊|呀|吧|哦|你们|店里|家|这|那|它|什么时候|啥时候|什么|啥|最|单|总|一共"
    r"|[0-9一两二三四五六七八九十半]+(?:个|把|罐|袋|盒|套|只|口|包|件|份|饼|斤|瓶|双|条|块|两|克|种|款)?|个|款|把|罐|盒|套|只|口|斤|两|克|样|种|是|给|我|个|算|帮|下|一"
)
LEAST_NAMED = 2  # characters


def asks_of_any_goods(text: str) -> bool:
    """有货吗, 多少一斤: it may be asked of whatever was spoken of; 有茶针吗 asks for something else."""
    return len(_OF_ANY_GOODS.sub("", compact(text))) < LEAST_NAMED


def goes_on(text: str) -> bool:
    """有货吗, 怎么泡, 能放几年, 我的券; a longer text says what it is about."""
    words = compact(text)
    return 0 < len(words) <= LONGEST and bool(_ASKS.search(words) or len(words) <= LONGEST // 2)
