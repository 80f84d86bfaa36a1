"""Segments: a rule as SQL, who is in and was, and how their sizes went."""
