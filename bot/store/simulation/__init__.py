"""A copy of the shop, on which the real planner is rehearsed."""
