"""What one customer may really have off a price: nothing else is ever promised to them."""

from dataclasses import dataclass

from bot.values.membership import Reward, Voucher
from bot.values.offers import Open


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitled:
    offer: Open | None = None  # runs, suits them, and they have not chosen from it; with what is left
    vouchers: tuple[Voucher, ...] = ()
    rewards: tuple[
        tuple[int, Reward], ...
    ] = ()  # what their points are enough for, with its number in the list
    level: str = ""
    gain: str = ""  # what the level brings, in the shop's words
