"""Products as an answer tells them: what they cost and whether they are there, as it is at this moment."""

from collections.abc import Sequence

from bot.rules.talk import texts
from bot.rules.talk import understanding_texts as words
from bot.store.shop.catalogue import Product
from bot.store.talk import mentions
from bot.values.tone import Told
from handlers.chat.speaking import Context


def told(
    products: Sequence[Product],
    context: Context,
    *,
    about: str = "",
    behind: str = "",
    several: str = words.SEVERAL_PRODUCTS,
) -> Told:
    """`about` goes before, `behind` behind them; `products` are not empty. What was shown may be pointed at next."""
    mentions.note(context.session, context.profile.id, [one.external_id for one in products], context.now)
    usual = [words.product(one.name, one.price, one.stock) for one in products]
    exact = [words.product_exactly(one.name, one.price, one.stock) for one in products]
    at = f"{context.now.astimezone(context.services.config.push.zone):%Y-%m-%d %H:%M}"
    return Told(
        facts=_joined(about, usual, behind, several),
        exact=_joined(about, exact, behind, several),
        proof=texts.FROM_GOODS.format(at=at),
        wants_person=all(one.stock <= 0 for one in products),
    )


def beside(products: Sequence[Product], context: Context) -> Told:
    """What the shop wrote of each, one after the other: which is better is theirs to say."""
    about = "\n".join(f"{one.name}：{one.description}" for one in products if one.description)
    return told(products, context, about=about, several="{lines}")


def _joined(about: str, lines: Sequence[str], behind: str, several: str) -> str:
    said = lines[0] if len(lines) == 1 else several.format(lines="\n".join(lines))
    return "\n".join(filter(None, (about, said, behind)))
