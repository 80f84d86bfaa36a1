"""What the account says about what it understood, and how products are told: sentences and nothing else."""

from collections.abc import Sequence
from decimal import Decimal

PRAISED = "谢谢您{name}！您喜欢就是最好的回报，您的话我会转给同事们。"
CHATS = (
    "哈哈，和您说话真高兴。闲聊我不太在行，挑东西、查订单、怎么用，您随时问我。",
    "谢谢您陪我说话。我只是小店的自动回复助手，聊天嘴笨；店里的事，您尽管问。",
    "这个我接不上话，让您见笑了。产品、订单、积分的事，我答得快一些。",
)
HOW_OFTEN = "推送两三天才一条，一天最多一条，不常看的客人还会更少。觉得还是多，回复「退订」就一条也不发；您来问话，我照常回答。"
HOW_TO_BUY = "要下单的话，回复「人工」，把件数和收货信息写在这里，同事帮您办。"
WHAT_TO_BUY = "您想买哪一件？告诉我名字，我查给您；要直接下单，回复「人工」，同事帮您办。"
IN_CHINESE = "Sorry, I can only answer in Chinese. Please reply “human” and a colleague will help you.\n抱歉，我只会用中文回答；回复「人工」，请同事来帮您。"
COMPLAINT_WAITS = (
    "您反映的事在同事那里，还没有办完，让您久等了，抱歉。您写在这里的他们都会看到；想催一催，回复「人工」。"
)
CALM = "抱歉让您不痛快了。有没办好的事，请告诉我是哪一件；想由同事来处理，回复「人工」就好。"
IN_TROUBLE = "听起来东西出了状况，给您添麻烦了，真抱歉。请回复「人工」，同事来帮您处理；有照片的话也请发来，他们会看到。"
STOP_OR_START = "您是想停止推送，还是想继续收到？回复「退订」停止，回复「恢复推送」继续收到。"
HOW_TO_RETURN = "想退货或换货的话，回复「我要退货」，一步步告诉我就好，同事核对后会告诉您怎么寄回。想先问问同事，回复「人工」。"
HOW_TO_REPAIR = "想报修的话，回复「我要报修」，一步步告诉我就好，同事会联系您。想先问问同事，回复「人工」。"
LEFT_OVER = "{left}，请您单独再问我一次，我接着回答您。"
SAY_MORE = "我没有听明白，抱歉。您想问的是订单、产品，还是别的？多说一两个字就好；找同事请回复「人工」。"
DO_YOU_MEAN = "我没有十足的把握，您是不是想问："
NONE_OF_THEM = "都不是的话，换个说法再说一次，或者回复「人工」。"
LEFT_UNSAID = "这个我不方便在这里答复，已经记下。请回复「人工」，由同事来回答您。"
IN_STOCK = "现在有货"
FEW_LEFT = "只剩 {count} 件"
EXACT_STOCK = "现有 {count} 件"
NO_STOCK = "现在没有货"
ONE_PRODUCT = "{name}：¥{price:.2f}，{stock}。"
SEVERAL_PRODUCTS = "您说的可能是这几款：\n{lines}"
SIGNS = " ,.!?;，。！？；、~～…\n"
FEW = 5  # pieces: fewer than this many is worth telling


def left_over(texts: Sequence[str]) -> str:
    """「有优惠吗」「几点开门」: what several questions at once did not get an answer to."""
    return LEFT_OVER.format(left="".join(f"「{one.strip(SIGNS)}」" for one in texts))


def product(name: str, price: Decimal, stock: int) -> str:
    return ONE_PRODUCT.format(name=name, price=price, stock=stock_in_words(stock))


def product_exactly(name: str, price: Decimal, stock: int) -> str:
    return ONE_PRODUCT.format(
        name=name, price=price, stock=EXACT_STOCK.format(count=stock) if stock > 0 else NO_STOCK
    )


def stock_in_words(count: int) -> str:
    if count <= 0:
        return NO_STOCK
    return FEW_LEFT.format(count=count) if count < FEW else IN_STOCK
