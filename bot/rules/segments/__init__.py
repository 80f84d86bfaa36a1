"""Rules of segments, in words, in a better order, ready-made."""
