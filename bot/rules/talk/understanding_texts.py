"""What the account says about what it understood, and how products are told: sentences and nothing else."""

from decimal import Decimal

PRAISED = "谢谢您{name}！您喜欢就是最好的回报，您的话我会转给同事们。"
CALM = "抱歉让您不痛快了。有没办好的事，请告诉我是哪一件；想由同事来处理，回复「人工」就好。"
IN_TROUBLE = "听起来东西出了状况，给您添麻烦了，真抱歉。请回复「人工」，同事来帮您处理；有照片的话也请发来，他们会看到。"
STOP_OR_START = "您是想停止推送，还是想继续收到？回复「退订」停止，回复「恢复推送」继续收到。"
HOW_TO_RETURN = "想退货或换货的话，回复「我要退货」，一步步告诉我就好，同事核对后会告诉您怎么寄回。想先问问同事，回复「人工」。"
HOW_TO_REPAIR = "想报修的话，回复「我要报修」，一步步告诉我就好，同事会联系您。想先问问同事，回复「人工」。"
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
FEW = 5  # pieces: fewer than this many is worth telling


def product(name: str, price: Decimal, stock: int) -> str:
    return ONE_PRODUCT.format(name=name, price=price, stock=_stock(stock))


def product_exactly(name: str, price: Decimal, stock: int) -> str:
    return ONE_PRODUCT.format(
        name=name, price=price, stock=EXACT_STOCK.format(count=stock) if stock > 0 else NO_STOCK
    )


def _stock(count: int) -> str:
    if count <= 0:
        return NO_STOCK
    return FEW_LEFT.format(count=count) if count < FEW else IN_STOCK
