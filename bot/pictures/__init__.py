"""Draws pictures for customers."""
