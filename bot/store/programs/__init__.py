"""Other programs: who may call, what they may read, and what they are told of."""
