"""How customers are told apart: places, ABC, inference, portrait, membership."""
