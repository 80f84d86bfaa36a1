"""How well a category does with a customer, and who tries out another one: the arithmetic, without a database. Pure."""

from datetime import date

from bot.rules.pushes.variants import PRIME, salt_of

# of the customers a day get a category by chance, so that what is never shown is learned of too
TRIED_OUT = 0.15
ALIKE = 4  # as many pushes as everybody's answers count for beside a customer's own
REFUSAL_COSTS = 3  # answers: one who asks for no more pushes is lost for all of them
AT_FIRST = 0.1  # answered, before anything is known
LEAST = 0.001  # that anybody answers, where answers are added up


def score(shown: int, answered: int, stopped: int, prior: float) -> float:
    """The share that is expected to answer the next one; below nought when it drives people away."""
    return (answered - REFUSAL_COSTS * stopped + ALIKE * prior) / (shown + ALIKE)


def chance(customer_id: int, day: date, what: str) -> int:
    """0 to 2,147,483,646; the same for a customer, a day and a purpose, whoever asks and how often."""
    factor, shift = salts(day, what)
    return (customer_id % PRIME * factor + shift) % PRIME


def salts(day: date, what: str) -> tuple[int, int]:
    """Another multiplication each day: one step of it a customer is what a planning pass can afford."""
    return salt_of(f"{day:%Y-%m-%d}", what) or 1, salt_of(f"{day:%Y-%m-%d} shift", what)


def is_trying_out(customer_id: int, day: date) -> bool:
    return chance(customer_id, day, "who tries") % 1000 < int(TRIED_OUT * 1000)
