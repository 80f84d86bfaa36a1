"""What the shop's own systems tell: products, orders and what follows them."""
