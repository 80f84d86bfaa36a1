"""Numbers and codes that people read out and type: only letters that are read for nothing else, and enough chance."""

from bot import chance

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # in their order, so that what is written is ordered as what it stands for
BITS = 5  # of a letter


def by_chance(letters: int) -> str:
    return written(chance.number(letters * BITS), letters)


def written(number: int, letters: int) -> str:
    """`number` below 32 ** `letters`."""
    return "".join([LETTERS[number >> place & 31] for place in range((letters - 1) * BITS, -1, -BITS)])
