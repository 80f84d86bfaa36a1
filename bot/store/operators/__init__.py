"""Staff, their sign-ins, what they did, and the figures of their first page."""
