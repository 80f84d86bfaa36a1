"""Customers: who they are, where they came from, what is known of them, becoming one, being forgotten."""
