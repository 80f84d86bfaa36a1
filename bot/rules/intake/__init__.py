"""Somebody's table becomes records, or is told what is wrong with it."""
