"""What counts as a purchase, for everything that counts them."""

BOUGHT = ("paid", "shipped", "delivered")  # a purchase that stands: not unpaid, closed or refunded
CAME_BACK = ("accepted", "closed")  # of the states of a return
