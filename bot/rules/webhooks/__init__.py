"""Outgoing webhooks: addresses, bodies, signatures, retries."""
