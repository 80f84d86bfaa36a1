"""How customers differ: the row of figures, places, classes, and the portrait of the best."""
